import type { Clock, Logger, Metrics, Random } from '@sd/runtime'
import type { StateMachine } from './state-machine'
import type { Storage } from './storage'
import type { Transport } from './transport'

/** What a node needs of the world. */
export interface RaftPorts {
  readonly storage: Storage
  readonly transport: Transport
  readonly stateMachine: StateMachine
  readonly clock: Clock
  readonly random: Random
  readonly logger?: Logger
  readonly metrics?: Metrics
}
