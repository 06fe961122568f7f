import { type Clock, sleep } from '@sd/runtime'
import type { LocalState } from './local-state'

/** Resolves after the next change of any claim, or when `maxMs` have passed; rejects with the signal's reason. */
export async function nextChange(state: LocalState, clock: Clock, maxMs: number, signal: AbortSignal): Promise<void> {
  const enough = new AbortController()
  const timeOut = sleep(clock, maxMs, { signal: AbortSignal.any([signal, enough.signal]) })
  timeOut.catch(() => {})
  let forget = () => {}
  const changed = new Promise<void>((resolve) => (forget = state.onChange(resolve)))
  try {
    await Promise.race([changed, timeOut])
  } finally {
    forget()
    enough.abort()
  }
}
