/** Waits by asking again until something is so. */
import { setTimeout as sleep } from 'node:timers/promises'

/** How long between two questions, in milliseconds. */
const POLL_MS = 20

export interface WaitOptions {
  readonly timeoutMs?: number
  /** What it looked like instead, for the error. */
  readonly describe?: () => string
}

/** The first answer that is neither false, null nor undefined; what `ask` throws counts as "not yet". */
export async function waitFor<T>(
  what: string,
  ask: () => Promise<T> | T,
  { timeoutMs = 15_000, describe }: WaitOptions = {},
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs
  let reason = ''
  for (;;) {
    try {
      const answer = await ask()
      if (answer !== false && answer !== null && answer !== undefined) return answer
      reason = `last answer ${String(answer)}`
    } catch (error) {
      reason = String(error)
    }
    if (performance.now() >= deadline) {
      throw new Error(`${what}: not within ${timeoutMs} ms (${reason})${describe ? `\n${describe()}` : ''}`)
    }
    await sleep(POLL_MS)
  }
}
