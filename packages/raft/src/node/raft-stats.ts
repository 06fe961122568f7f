import type { Role } from '../core/core-state'
import type { RaftServer } from '../core/messages'
import type { RaftCore } from '../core/raft-core'
import type { ApplyLoop } from './apply-loop'

/** What a node knows of itself. */
export interface RaftStats {
  readonly state: Role
  readonly term: number
  readonly lastLogIndex: number
  readonly lastLogTerm: number
  readonly commitIndex: number
  readonly appliedIndex: number
  /** Committed entries that wait to be applied. */
  readonly fsmPending: number
  readonly lastSnapshotIndex: number
  readonly lastSnapshotTerm: number
  readonly latestConfigurationIndex: number
  readonly latestConfiguration: readonly RaftServer[]
  /** Voters besides this server; 0 when it is no voter. */
  readonly numPeers: number
  /** Milliseconds since a leader was heard of: 0 for the leader itself, undefined for never. */
  readonly lastContactMs: number | undefined
  /** Bytes of log in memory. */
  readonly logBytes: number
}

export function describeStats(
  running: { readonly core: RaftCore; readonly applyLoop: ApplyLoop } | undefined,
  configuration: { readonly index: number; readonly voters: readonly RaftServer[] },
  id: string,
  nowMs: number,
): RaftStats {
  const status = running?.core.status
  const isVoter = configuration.voters.some((voter) => voter.id === id)
  const contactMs = status && status.leaderContactMs > -Infinity ? nowMs - status.leaderContactMs : undefined
  return {
    state: status?.role ?? 'follower',
    term: status?.term ?? 0,
    lastLogIndex: status?.lastIndex ?? 0,
    lastLogTerm: status?.lastTerm ?? 0,
    commitIndex: status?.commitIndex ?? 0,
    appliedIndex: running?.applyLoop.appliedIndex ?? 0,
    fsmPending: running?.applyLoop.pendingCount ?? 0,
    lastSnapshotIndex: status?.snapshot?.index ?? 0,
    lastSnapshotTerm: status?.snapshot?.term ?? 0,
    latestConfigurationIndex: configuration.index,
    latestConfiguration: configuration.voters,
    numPeers: isVoter ? configuration.voters.length - 1 : 0,
    lastContactMs: status?.role === 'leader' ? 0 : contactMs,
    logBytes: status?.logBytes ?? 0,
  }
}
