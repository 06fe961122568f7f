/** What the steps play on, whether agent and registrators run as programs or in containers. */
import type { Client } from './client'
import type { DockerNode } from './docker-node'

export interface Stage {
  readonly client: Client
  readonly node1: DockerNode
  readonly node2: DockerNode
  /** Resolves when it follows the events of the node's engine. */
  startRegistrator(node: DockerNode, ...flags: string[]): Promise<void>
  /** Host name that the node's registrator sees, which begins the ids of its services. */
  registratorHost(node: DockerNode): Promise<string>
}

/** Addresses as on the slides. */
export const AGENT_ADDRESS = '192.168.99.101'
export const NODE_1_ADDRESS = '192.168.99.100'
export const NODE_2_ADDRESS = '192.168.99.102'
export const CLIENT_ADDRESS = '192.168.99.50'
export const BOTH = [NODE_1_ADDRESS, NODE_2_ADDRESS]

/** How long a start of one of our programs may take on a busy machine. */
export const START_SECONDS = 30
