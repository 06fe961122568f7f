/**
 * Docker's swarm discovery, cluster-store and leader election ran on libkv. A Go program plays them with the real
 * library, against ours and against the real Consul; both must let it see the same.
 */
import { join } from 'node:path'
import { type Agent, AgentYard } from '../support/agents'
import { must } from '../support/run'

/** A dead node's session lives on for up to twice its TTL of 10 s. */
const PLAY_TIMEOUT_MS = 150_000

const yard = new AgentYard()
afterAll(() => yard.clear())

test('Docker with libkv sees the same discovery, store and locks on ours as on the real Consul', async () => {
  const program = join(yard.folder(), 'libkv-trace')
  await must('go', ['build', '-o', program, '.'], { cwd: __dirname, timeoutMs: PLAY_TIMEOUT_MS })
  const play = (agent: Agent) =>
    must(program, ['-address', `127.0.0.1:${agent.httpPort}`], { timeoutMs: PLAY_TIMEOUT_MS })

  const [ours, real] = await Promise.all([yard.ours().then(play), yard.real().then(play)])

  expect(ours.split('\n')).toEqual(real.split('\n'))
  expect(ours).toContain('WatchTree docker/swarm/nodes: [10.0.0.2:2375 10.0.0.3:2375]')
  expect(ours).toContain('not before its TTL of 10 s: true')
  expect(ours).toContain('own check: serfHealth passing "Agent alive and reachable"')
  expect(ours).not.toContain('and not [')
})
