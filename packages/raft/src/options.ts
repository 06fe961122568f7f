import type { RaftServer } from './core/messages'
import { InvalidOptionError } from './errors'

export interface RaftNodeOptions {
  /** Names this server for good; it is stored with the data. */
  readonly id: string
  /**
   * The voters of a new cluster, this server included; the same list on each of them. Ignored once there is a log.
   * An empty list waits to be contacted by a leader.
   */
  readonly voters: readonly RaftServer[]
  /**
   * How long a server waits for a leader before it stands for election, in milliseconds; each wait is drawn between
   * this and its double. Raise it where pauses or the network are long: fail-over takes longer.
   * @defaultValue 1000 (hashicorp/raft)
   */
  readonly electionTimeoutMs?: number
  /**
   * How often a leader makes itself heard, in milliseconds. At most half of `electionTimeoutMs`.
   * @defaultValue 100
   */
  readonly heartbeatIntervalMs?: number
  /**
   * Entries since the last snapshot from which the next one is due. Raise it to snapshot less often: restarts replay more.
   * @defaultValue 16384 (Consul's raft_snapshot_threshold)
   */
  readonly snapshotThreshold?: number
  /**
   * How often it is checked whether a snapshot is due, in milliseconds; drawn between this and its double.
   * @defaultValue 30000 (Consul's raft_snapshot_interval)
   */
  readonly snapshotIntervalMs?: number
  /**
   * Entries that stay in the log behind a snapshot, for followers that lag a little. Costs memory and disk.
   * @defaultValue 10240 (Consul's raft_trailing_logs)
   */
  readonly trailingLogs?: number
  /**
   * Bytes that `trailingLogs` may take; the smaller bound holds.
   * @defaultValue 16 MiB
   */
  readonly trailingLogBytes?: number
  /**
   * Bytes of log from which a snapshot is due at once. Bounds memory, since the log is held there too.
   * @defaultValue 64 MiB
   */
  readonly snapshotLogBytes?: number
  /**
   * Bytes of entries in one append to a follower.
   * @defaultValue 1 MiB
   */
  readonly appendBytesMax?: number
  /**
   * Appends to one follower that may be unanswered.
   * @defaultValue 64
   */
  readonly inflightAppendsMax?: number
  /**
   * Bytes of one proposal.
   * @defaultValue 32 MiB
   */
  readonly proposalBytesMax?: number
  /**
   * Bytes of proposals that may wait to be committed before new ones are refused with RAFT_OVERLOADED.
   * @defaultValue 128 MiB
   */
  readonly waitingBytesMax?: number
}

export type ResolvedOptions = Required<RaftNodeOptions>

const MiB = 1024 * 1024

export const DEFAULT_OPTIONS = {
  electionTimeoutMs: 1000,
  heartbeatIntervalMs: 100,
  snapshotThreshold: 16_384,
  snapshotIntervalMs: 30_000,
  trailingLogs: 10_240,
  trailingLogBytes: 16 * MiB,
  snapshotLogBytes: 64 * MiB,
  appendBytesMax: MiB,
  inflightAppendsMax: 64,
  proposalBytesMax: 32 * MiB,
  waitingBytesMax: 128 * MiB,
} as const

/** Fills in defaults; throws RAFT_INVALID_OPTION. */
export function resolveOptions(given: RaftNodeOptions): ResolvedOptions {
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const options = { ...DEFAULT_OPTIONS, ...set } as ResolvedOptions
  if (options.id === '') throw new InvalidOptionError('id', 'must not be empty')
  for (const name of Object.keys(DEFAULT_OPTIONS) as (keyof typeof DEFAULT_OPTIONS)[]) {
    const least = name === 'trailingLogs' || name === 'trailingLogBytes' ? 0 : 1
    if (!(options[name] >= least)) throw new InvalidOptionError(name, `must be at least ${least}`)
  }
  if (options.heartbeatIntervalMs * 2 > options.electionTimeoutMs) {
    throw new InvalidOptionError('heartbeatIntervalMs', 'must be at most half of electionTimeoutMs')
  }
  const ids = new Set(options.voters.map((voter) => voter.id))
  if (ids.size !== options.voters.length) throw new InvalidOptionError('voters', 'must have distinct ids')
  return options
}
