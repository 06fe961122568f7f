/** A check that runs inside a container, by an agent beside the engine: Docker's exec, as the real engine does it. */
import { join } from 'node:path'
import type { Program } from './program'
import type { Stage } from './stage'
import type { Step } from './step'
import { agentCommand } from './targets'

/** Ports of this agent alone: the machine has no other. */
const API = 'http://127.0.0.1:8500/v1/agent'

export function dockerCheckSteps(step: Step, stage: () => Stage, logDir: () => string): void {
  step('a Docker check runs in the container and shows its output', async ({ see }) => {
    const { machine, webContainer } = checkPlace(stage())
    const agent: Program = await machine.start(
      'agent-beside-docker',
      [agentCommand, 'agent', '-dev', '-node=swarm-node-01', '-enable-script-checks'],
      { logFile: join(logDir(), 'agent-beside-docker.log'), env: { DOCKER_HOST: 'unix:///var/run/docker.sock' } },
    )
    const curl = async (...args: string[]) => (await machine.run(['curl', '-s', ...args])).stdout
    const register = async (id: string, args: readonly string[]) =>
      curl(
        ...['-X', 'PUT', '-d'],
        JSON.stringify({ ID: id, Name: id, DockerContainerID: await webContainer(), Args: args, Interval: '1s' }),
        `${API}/check/register`,
      )
    const check = async (id: string) => {
      const all = JSON.parse((await curl(`${API}/checks`)) || '{}') as Record<
        string,
        { Status: string; Output: string }
      >
      return [all[id]?.Status, all[id]?.Output.trim()]
    }
    try {
      await see(async () => (await curl(`${API}/checks`)) !== '', true, 30)
      expect(await register('fine', ['/bin/sh', '-c', 'echo well in $0', 'here'])).toBe('')
      expect(await register('ill', ['/bin/sh', '-c', 'echo ill; exit 2'])).toBe('')
      await see(() => check('fine'), ['passing', 'well in here'], 10)
      await see(() => check('ill'), ['critical', 'ill'], 10)
    } finally {
      await agent.end('KILL')
    }
  })
}

const checkPlace = ({ node1 }: Stage) => ({ machine: node1.machine, webContainer: () => node1.webContainer() })
