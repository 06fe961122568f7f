/**
 * Raft consensus: a pure core, joined to a durable, checksummed, group-committed log.
 *
 * @example
 * ```ts
 * const node = new RaftNode(
 *   { storage: new FileStorage('data'), transport: new MemoryTransport('a'), stateMachine, clock, random },
 *   { id: 'a', voters: [{ id: 'a', address: '' }] },
 * )
 * await node.start()
 * await node.whenLeader()
 * const { index, result } = await node.propose(command)
 * ```
 * @packageDocumentation
 */
export { type CoreOptions, type RestoredState, type Role } from './core/core-state'
export { type Effects, type HardState, type Persist } from './core/effects'
export { type Input } from './core/inputs'
export {
  type AppendRequest,
  type AppendResponse,
  type Configuration,
  type Entry,
  type EntryKind,
  type Envelope,
  type InstallSnapshot,
  type Message,
  type RaftServer,
  type SnapshotMeta,
  type VoteRequest,
  type VoteResponse,
} from './core/messages'
export { type CoreStatus, RaftCore } from './core/raft-core'
export {
  InvalidOptionError,
  LeadershipLostError,
  MalformedMessageError,
  NotLeaderError,
  OverloadedError,
  ProposalTooLargeError,
  StateMachineError,
  StoppedError,
  StorageCorruptError,
  StorageFailedError,
  StorageFullError,
  WrongNodeError,
} from './errors'
export { type ProposalResult } from './node/pending-proposals'
export { type LeaderChange, type RaftNodeEvents } from './node/raft-events'
export { RaftNode } from './node/raft-node'
export { type RaftStats } from './node/raft-stats'
export { DEFAULT_OPTIONS, type RaftNodeOptions } from './options'
export { type RaftPorts } from './ports/raft-ports'
export { type AppliedEntry, type StateMachine, type StateMachineSnapshot } from './ports/state-machine'
export { type Storage, type StorageWrite, type StoredState } from './ports/storage'
export { type StreamLayer } from './ports/stream-layer'
export { type Transport } from './ports/transport'
export { FileStorage, type FileStorageOptions } from './storage/file-storage'
export { MemoryStorage } from './storage/memory-storage'
export { MemoryNetwork, MemoryTransport } from './transport/memory-transport'
export { StreamTransport, type StreamTransportOptions } from './transport/stream-transport'
export { TcpStreamLayer, type TcpStreamLayerOptions } from './transport/tcp-stream-layer'
export {
  decodeMessage,
  encodeMessage,
  type SnapshotChunk,
  type SnapshotChunkResponse,
  type WireMessage,
} from './transport/message-codec'
