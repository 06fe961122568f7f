/** The engine's event stream as an async iterable that outlives the engine. */
import { type Clock, type Random, sleep } from '@sd/runtime'
import { type Backoff, backoffDelayMs } from '../backoff'
import { EngineAnswerError, EngineUnreachableError } from '../errors'
import type { EngineEvent } from '../source'
import type { DockerClient } from './docker-client'

export interface DockerEventsPorts {
  client: DockerClient
  clock: Clock
  random: Random
}

export interface DockerEventsOptions {
  /** Between reconnections. @defaultValue 250 ms to 2 s */
  backoff?: Backoff
  /**
   * How often the engine is pinged while the stream is silent, in milliseconds: a hung engine, or one behind a cut
   * network, never ends its stream. @defaultValue 10_000
   */
  pingIntervalMs?: number
  /** How long a ping may take before the stream is given up, in milliseconds. @defaultValue 10_000 */
  pingTimeoutMs?: number
}

/** `destroy` matters for services that were kept when their container failed. */
const EVENTS = ['start', 'die', 'destroy']
/** No event may be longer, in bytes; labels of a container are in it. */
const LINE_LENGTH_MAX = 4 * 1024 * 1024
/** A stream that held this long, in milliseconds, was a success: the next reconnection starts with the shortest delay. */
const STEADY_MS = 5_000

export async function* dockerEvents(
  { client, clock, random }: DockerEventsPorts,
  options: DockerEventsOptions & { signal: AbortSignal },
): AsyncGenerator<EngineEvent, void> {
  const { signal, backoff = { minMs: 250, maxMs: 2_000 }, pingIntervalMs = 10_000, pingTimeoutMs = 10_000 } = options
  const filters = encodeURIComponent(JSON.stringify({ type: ['container'], event: EVENTS }))
  let failures = 0
  while (!signal.aborted) {
    const attempt = new AbortController()
    const scope = AbortSignal.any([signal, attempt.signal])
    let connectedMs = Number.POSITIVE_INFINITY
    let failure: unknown
    try {
      await client.negotiate({ signal: scope })
      const body = await client.stream(`/events?filters=${filters}`, { signal: scope })
      connectedMs = clock.monotonic()
      yield { kind: 'connected' }
      const watch = keepAlive(client, clock, { pingIntervalMs, pingTimeoutMs, signal: scope }).catch(
        (error: unknown) => {
          failure = error
          attempt.abort(error)
        },
      )
      try {
        for await (const line of lines(body)) {
          const containerId = changedContainer(line)
          if (containerId) yield { kind: 'changed', containerId }
        }
      } finally {
        attempt.abort()
        await watch
      }
      failure ??= new EngineUnreachableError(client.address, new Error('the event stream ended'))
    } catch (error) {
      failure ??= error
    } finally {
      attempt.abort()
    }
    if (signal.aborted) return
    failures = clock.monotonic() - connectedMs >= STEADY_MS ? 1 : failures + 1
    const retryInMs = backoffDelayMs(failures, backoff, random)
    yield { kind: 'disconnected', error: failure, retryInMs }
    await sleep(clock, retryInMs, { signal }).catch(() => {})
  }
}

/** Rejects when the engine no longer answers; resolves when `signal` aborts. */
async function keepAlive(
  client: DockerClient,
  clock: Clock,
  options: { pingIntervalMs: number; pingTimeoutMs: number; signal: AbortSignal },
): Promise<void> {
  const { pingIntervalMs, pingTimeoutMs, signal } = options
  for (;;) {
    await sleep(clock, pingIntervalMs, { signal }).catch(() => {})
    if (signal.aborted) return
    const ping = new AbortController()
    const onAbort = () => ping.abort(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    const timer = clock.schedule(pingTimeoutMs, () =>
      ping.abort(new Error(`no answer to a ping within ${pingTimeoutMs} ms`)),
    )
    try {
      await client.ping({ signal: ping.signal })
    } catch (error) {
      if (signal.aborted) return
      throw ping.signal.aborted ? new EngineUnreachableError(client.address, ping.signal.reason) : error
    } finally {
      timer.cancel()
      signal.removeEventListener('abort', onAbort)
    }
  }
}

async function* lines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true })
    const parts = rest.split('\n')
    rest = parts.pop() as string
    yield* parts
    if (rest.length > LINE_LENGTH_MAX)
      throw new EngineAnswerError('events', `an event is longer than ${LINE_LENGTH_MAX} characters`)
  }
}

/** The container that an event is about; `undefined` for anything else, whatever it may be. */
export function changedContainer(line: string): string | undefined {
  let event: { Type?: unknown; Action?: unknown; status?: unknown; id?: unknown; Actor?: { ID?: unknown } } | null
  try {
    event = JSON.parse(line) as typeof event
  } catch {
    return undefined
  }
  if (typeof event !== 'object' || event === null) return undefined
  if (event.Type !== undefined && event.Type !== 'container') return undefined
  const action = event.Action ?? event.status
  if (typeof action !== 'string' || !EVENTS.includes(action)) return undefined
  const id = event.Actor?.ID ?? event.id
  return typeof id === 'string' && id !== '' ? id : undefined
}
