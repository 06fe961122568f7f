import { SdError } from '@sd/runtime'

/** This server does not lead; `details` name who does, as far as known. Ask there, or again a little later. */
export class NotLeaderError extends SdError<'RAFT_NOT_LEADER'> {
  constructor(details: { leaderId: string | undefined; leaderAddress: string | undefined }) {
    super('RAFT_NOT_LEADER', 'node is not the leader', { details, retryable: true })
  }
}

/** Leadership ended while a proposal was open: it may or may not become committed. */
export class LeadershipLostError extends SdError<'RAFT_LEADERSHIP_LOST'> {
  constructor(details: { index: number; term: number }) {
    super('RAFT_LEADERSHIP_LOST', 'leadership lost while committing log', { details, retryable: false })
  }
}

/** The node was stopped before the answer was known. */
export class StoppedError extends SdError<'RAFT_STOPPED'> {
  constructor() {
    super('RAFT_STOPPED', 'raft is stopped')
  }
}

/** Too much is waiting to be committed; nothing was appended. */
export class OverloadedError extends SdError<'RAFT_OVERLOADED'> {
  constructor(details: { waitingBytes: number; waitingBytesMax: number }) {
    super('RAFT_OVERLOADED', 'too many proposals are waiting to be committed', { details, retryable: true })
  }
}

/** A proposal is larger than the log takes. */
export class ProposalTooLargeError extends SdError<'RAFT_PROPOSAL_TOO_LARGE'> {
  constructor(details: { bytes: number; bytesMax: number }) {
    super('RAFT_PROPOSAL_TOO_LARGE', `proposal of ${details.bytes} bytes; at most ${details.bytesMax} are taken`, {
      details,
    })
  }
}

/** An option is out of its range. */
export class InvalidOptionError extends SdError<'RAFT_INVALID_OPTION'> {
  constructor(option: string, reason: string) {
    super('RAFT_INVALID_OPTION', `option ${option} ${reason}`, { details: { option } })
  }
}

/** No room on the disk. The write was undone; the same call may succeed when there is room again. */
export class StorageFullError extends SdError<'RAFT_STORAGE_FULL'> {
  constructor(details: { path: string; errno: string }) {
    super('RAFT_STORAGE_FULL', `no room to write ${details.path} (${details.errno}); free some space`, {
      details,
      retryable: true,
    })
  }
}

/** The disk failed in a way after which nothing about unsynced data is known. Storage takes no more writes. */
export class StorageFailedError extends SdError<'RAFT_STORAGE_FAILED'> {
  constructor(message: string, details: Record<string, unknown> = {}, cause?: unknown) {
    super('RAFT_STORAGE_FAILED', `${message}; restart the process once the disk is healthy`, { details, cause })
  }
}

/** Durable data was changed behind our back. Nothing is cut or repaired: restore the file or remove the server. */
export class StorageCorruptError extends SdError<'RAFT_STORAGE_CORRUPT'> {
  constructor(details: { file: string; offset: number; reason: string }) {
    super('RAFT_STORAGE_CORRUPT', `${details.file} is damaged at byte ${details.offset}: ${details.reason}`, {
      details,
    })
  }
}

/** The data directory belongs to a server with another id. */
export class WrongNodeError extends SdError<'RAFT_STORAGE_WRONG_NODE'> {
  constructor(details: { directory: string; storedId: string; id: string }) {
    super(
      'RAFT_STORAGE_WRONG_NODE',
      `${details.directory} holds the data of node ${details.storedId}, not of ${details.id}; use its own directory or id`,
      { details },
    )
  }
}

/** Bytes from a peer that are no message. */
export class MalformedMessageError extends SdError<'RAFT_MALFORMED_MESSAGE'> {
  constructor(reason: string) {
    super('RAFT_MALFORMED_MESSAGE', `malformed raft message: ${reason}`)
  }
}

/** The state machine threw: its state can no longer be trusted to be the log's. */
export class StateMachineError extends SdError<'RAFT_STATE_MACHINE'> {
  constructor(during: 'apply' | 'snapshot' | 'restore', cause: unknown) {
    super('RAFT_STATE_MACHINE', `state machine failed in ${during}: ${String(cause)}`, { cause, details: { during } })
  }
}
