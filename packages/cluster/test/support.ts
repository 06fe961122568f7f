/** A lone server with its agent, on the real clock, log in memory. */
import { HealthChecker } from '@sd/health-checker'
import { MemoryStorage, MemoryTransport, RaftNode } from '@sd/raft'
import { silentLogger, systemClock, systemRandom } from '@sd/runtime'
import { LocalAgent, type LocalAgentOptions, selfMember, Server, serverCatalog } from '../src/index'

export const NODE = 'n1'
const ID = '7a1d6e0e-3b1f-4a57-9c3e-0a6a3f0c2b11'

export async function loneServer(options: Partial<LocalAgentOptions> = {}) {
  const ports = { clock: systemClock, random: systemRandom, logger: silentLogger }
  const member = selfMember({
    name: NODE,
    id: ID,
    datacenter: 'dc1',
    address: '127.0.0.1',
    serfLanPort: 8301,
    serfWanPort: 8302,
    serverPort: 8300,
    isBootstrap: true,
    bootstrapExpect: 0,
  })
  const server = new Server(
    {
      ...ports,
      members: () => [member],
      createStore: (stateMachine) =>
        new RaftNode(
          { ...ports, storage: new MemoryStorage(), transport: new MemoryTransport(ID), stateMachine },
          { id: ID, voters: [{ id: ID, address: '127.0.0.1:8300' }] },
        ),
    },
    { datacenter: 'dc1' },
  )
  const checker = new HealthChecker({ clock: systemClock, random: systemRandom }, { scriptChecksEnabled: true })
  const agent = new LocalAgent(
    { ...ports, checker, catalog: serverCatalog(server) },
    {
      ...options,
      self: {
        datacenter: 'dc1',
        id: ID,
        node: NODE,
        address: '127.0.0.1',
        taggedAddresses: { lan: '127.0.0.1' },
        meta: { rack: 'r1' },
      },
    },
  )
  await server.start()
  await agent.start()
  agent.startSync()
  return {
    server,
    agent,
    async [Symbol.asyncDispose]() {
      await agent.stop()
      await server.stop()
    },
  }
}
