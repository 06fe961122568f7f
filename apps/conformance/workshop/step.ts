/** A step of a play: a jest test that polls what can be seen from outside, against a deadline, and says how long it took. */
import { isDeepStrictEqual } from 'node:util'
import { setTimeout as pause } from 'node:timers/promises'
import type { Transcript } from './transcript'

/** One look costs a process, so looking more often would only measure itself. */
const POLL_MS = 50

export interface Observer {
  /** Looks until it is as expected. What it took is the step's time, counted from this call. */
  see<T>(look: () => Promise<T>, expected: T, withinSeconds: number): Promise<void>
  /** Sets the step's time, where something else has measured it. */
  took(milliseconds: number): void
  /** Looks again and again for so long: it must be as expected each time. */
  staysSo<T>(look: () => Promise<T>, expected: T, forSeconds: number): Promise<void>
}

export type Step = (name: string, body: (observer: Observer) => Promise<void>) => void

/** Polls; resolves with the milliseconds that it took. */
export async function until<T>(look: () => Promise<T>, expected: T, withinSeconds: number): Promise<number> {
  const startedAt = performance.now()
  for (;;) {
    const seen = await look()
    const tookMs = performance.now() - startedAt
    if (isDeepStrictEqual(seen, expected)) return tookMs
    if (tookMs > withinSeconds * 1000) {
      const [wanted, got] = [JSON.stringify(expected), JSON.stringify(seen)]
      throw new Error(`expected ${wanted} within ${withinSeconds} s, last seen ${got}`)
    }
    await pause(POLL_MS)
  }
}

export function stepsOf(transcript: Transcript): Step {
  return (name, body) =>
    test(name, async () => {
      transcript.heading(name)
      let seconds: number | undefined
      try {
        await body({
          async see(look, expected, withinSeconds) {
            seconds = (await until(look, expected, withinSeconds)) / 1000
          },
          took(milliseconds) {
            seconds = milliseconds / 1000
          },
          async staysSo(look, expected, forSeconds) {
            const endsAt = performance.now() + forSeconds * 1000
            while (performance.now() < endsAt) {
              expect(await look()).toEqual(expected)
              await pause(POLL_MS)
            }
          },
        })
      } catch (error) {
        transcript.failed(name, String((error as Error).message))
        throw error
      }
      transcript.passed(name, seconds)
    })
}
