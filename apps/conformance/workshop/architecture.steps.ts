/** Slides "What about Consul?": the agent is there, on the ports that the slides name. */
import { agentCommand } from './targets'
import { AGENT_ADDRESS } from './stage'
import type { ProgramStage } from './program-stage'
import type { Step } from './step'

export function architectureSteps(step: Step, stage: () => ProgramStage): void {
  step('agent started: its catalog answers', async ({ took }) => {
    took(await stage().startAgent())
  })

  step('agent has a leader', async ({ see }) => {
    const { client } = stage()
    await see(() => client.api('/v1/status/leader'), `${AGENT_ADDRESS}:8300`, 30)
    await client.show('curl', '-s', client.url('/v1/agent/self'))
  })

  for (const port of ['8500/tcp', '8600/tcp', '8600/udp']) {
    step(`port ${port} is open`, async () => {
      const [number, protocol] = port.split('/')
      expect(await listening(stage(), Number(number), protocol as 'tcp' | 'udp')).toBe(true)
    })
  }

  step('members lists the server as alive', async () => {
    const printed = await stage().agentMachine.must([agentCommand, 'members'])
    expect(printed).toMatch(/^consul\s+\S+\s+alive\s/m)
  })

  step('DNS answers on 53/udp (-p 53:8600/udp)', async ({ see }) => {
    await see(() => stage().client.dns('consul.service.consul'), [AGENT_ADDRESS], 5)
  })
}

/** Whether the agent's machine has the port open. */
export async function listening(stage: ProgramStage, port: number, protocol: 'tcp' | 'udp'): Promise<boolean> {
  return (await stage.agentMachine.must(['ss', '-Hln', `--${protocol}`, `sport = :${port}`])).trim() !== ''
}
