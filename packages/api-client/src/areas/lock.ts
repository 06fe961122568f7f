/** A lock that one holder has at a time, on a key, by a session (Consul's leader election recipe). */
import { type Clock, errorMessage, type Random, sleep, systemClock, systemRandom } from '@sd/runtime'
import { LockError } from '../errors'
import { watch } from '../watch'
import type { KvArea } from './kv'
import type { SessionArea } from './session'

export interface LockOptions {
  /** Stored under the key while the lock is held. @defaultValue empty */
  value?: string | Uint8Array
  /** @defaultValue "Consul API Lock" (as Go's client) */
  sessionName?: string
  /**
   * A holder that dies loses the lock after this long, in milliseconds. Lower finds dead holders sooner and renews more often.
   * @defaultValue 15_000
   */
  sessionTtlMs?: number
  /** How long others wait after a holder was lost. @defaultValue 15_000 (the server's) */
  lockDelayMs?: number
  clock?: Clock
  random?: Random
}

/** Marks a key as a lock, for every client that speaks Consul; a key without it is not touched. */
export const LOCK_FLAGS = 0x2ddccbc058a50c18n
const SESSION_NAME = 'Consul API Lock'
const SESSION_TTL_MS = 15_000
/** Longest blocking query while waiting for a holder. */
const WAIT_MS = 15_000
/** Pause while the server keeps the lock closed after a lost session (its lock delay). */
const LOCK_DELAY_RETRY_MS = 5_000
const EMPTY = new Uint8Array()

/** A lock that is held. */
export interface HeldLock extends AsyncDisposable {
  readonly session: string
  /** Aborts when the lock is lost: its session ended, or nobody could tell for longer than its time. */
  readonly lost: AbortSignal
  /** Gives it back. May be called twice. */
  release(): Promise<void>
}

export class Lock {
  readonly #ports: { kv: KvArea; session: SessionArea }
  readonly #options: LockOptions
  readonly #clock: Clock
  #isTaken = false

  constructor(
    ports: { kv: KvArea; session: SessionArea },
    readonly key: string,
    options: LockOptions = {},
  ) {
    this.#ports = ports
    this.#options = options
    this.#clock = options.clock ?? systemClock
  }

  /** Waits for the lock. Rejects with the signal's reason when it aborts first; leaves no session behind. */
  async acquire(options: { signal?: AbortSignal | undefined } = {}): Promise<HeldLock> {
    if (this.#isTaken) throw new LockError('API_LOCK_HELD', 'this lock is held or being acquired by this object')
    this.#isTaken = true
    let keeper: SessionKeeper | undefined
    try {
      const ttlMs = this.#options.sessionTtlMs ?? SESSION_TTL_MS
      const { lockDelayMs } = this.#options
      const request = { name: this.#options.sessionName ?? SESSION_NAME, ttlMs }
      const id = await this.#ports.session.create({ ...request, ...(lockDelayMs === undefined ? {} : { lockDelayMs }) })
      keeper = new SessionKeeper(this.#ports.session, id, ttlMs, this.#clock)
      const signal = options.signal ? AbortSignal.any([options.signal, keeper.lost]) : keeper.lost
      await this.#take(id, signal)
      return this.#hold(keeper)
    } catch (error) {
      this.#isTaken = false
      await keeper?.end()
      throw error
    }
  }

  async #take(session: string, signal: AbortSignal): Promise<void> {
    const { kv } = this.#ports
    let minIndex = 0
    for (;;) {
      const wait = minIndex > 0 ? { minIndex, maxWaitMs: WAIT_MS } : {}
      const { value: entry, meta } = await kv.get(this.key, { ...wait, consistency: 'consistent', signal })
      if (entry && BigInt(entry.flags) !== LOCK_FLAGS) {
        throw new LockError('API_LOCK_CONFLICT', `the key ${JSON.stringify(this.key)} exists and is no lock`)
      }
      if (entry?.session === session) return
      if (entry && entry.session !== '') {
        minIndex = meta.index < minIndex ? 0 : meta.index
        continue
      }
      minIndex = 0
      if (await kv.acquire(this.key, this.#options.value ?? EMPTY, session, { flags: LOCK_FLAGS, signal })) return
      const after = await kv.get(this.key, { signal })
      if (after.value && after.value.session !== '') minIndex = after.meta.index
      else await sleep(this.#clock, LOCK_DELAY_RETRY_MS, { signal })
    }
  }

  #hold(keeper: SessionKeeper): HeldLock {
    const { kv } = this.#ports
    const monitor = new AbortController()
    const stop = AbortSignal.any([monitor.signal, keeper.lost])
    void this.#monitor(keeper, stop)
    let released: Promise<void> | undefined
    const release = async () => {
      monitor.abort()
      try {
        if (!keeper.lost.aborted)
          await kv.release(this.key, this.#options.value ?? EMPTY, keeper.id, { flags: LOCK_FLAGS })
      } finally {
        this.#isTaken = false
        await keeper.end()
      }
    }
    const held = {
      session: keeper.id,
      lost: keeper.lost,
      release: () => (released ??= release()),
      [Symbol.asyncDispose]: () => held.release(),
    }
    return held
  }

  /** Sees a lock that was taken away while the session lives (its key was deleted or released by someone else). */
  async #monitor(keeper: SessionKeeper, signal: AbortSignal): Promise<void> {
    const { clock = systemClock, random = systemRandom } = this.#options
    try {
      const read = (options: object) => this.#ports.kv.get(this.key, { ...options, consistency: 'consistent' })
      for await (const { value } of watch(read, { signal, waitMs: WAIT_MS, clock, random })) {
        if (value?.session !== keeper.id) return keeper.lose(`the key ${JSON.stringify(this.key)} has another holder`)
      }
    } catch (error) {
      keeper.lose(errorMessage(error))
    }
  }
}

/** Renews a session at half of its time, until it is lost or ended. */
class SessionKeeper {
  readonly #lost = new AbortController()
  readonly #ended = new AbortController()
  readonly #loop: Promise<void>

  constructor(
    readonly area: SessionArea,
    readonly id: string,
    readonly ttlMs: number,
    readonly clock: Clock,
  ) {
    this.#loop = this.#run()
  }

  get lost(): AbortSignal {
    return this.#lost.signal
  }

  lose(reason: string): void {
    this.#lost.abort(new LockError('API_LOCK_CONFLICT', `the lock was lost: ${reason}`))
  }

  /** Stops renewing and destroys the session; a server that does not answer lets it expire. */
  async end(): Promise<void> {
    this.#ended.abort()
    await this.#loop
    await this.area.destroy(this.id).catch(() => undefined)
  }

  async #run(): Promise<void> {
    const signal = this.#ended.signal
    let renewedAtMs = this.clock.monotonic()
    let delayMs = this.ttlMs / 2
    while (!this.#lost.signal.aborted) {
      try {
        await sleep(this.clock, delayMs, { signal })
      } catch {
        return
      }
      const askedAtMs = this.clock.monotonic()
      try {
        if (!(await this.area.renew(this.id, { signal }))) return this.lose('its session has ended')
        renewedAtMs = askedAtMs
        delayMs = this.ttlMs / 2
      } catch (error) {
        if (signal.aborted) return
        // The server may have ended the session by now; from here on another may hold the lock.
        if (this.clock.monotonic() - renewedAtMs >= this.ttlMs) return this.lose(errorMessage(error))
        delayMs = Math.min(1_000, this.ttlMs / 10)
      }
    }
  }
}
