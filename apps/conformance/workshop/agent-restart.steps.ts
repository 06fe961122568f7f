/** Beyond the slides: the agent is killed and started again, with its DNS port overridden as slide "--dns-port" says. */
import { listening } from './architecture.steps'
import type { ProgramStage } from './program-stage'
import { AGENT_ADDRESS } from './stage'
import type { Step } from './step'

export function agentRestartSteps(step: Step, stage: () => ProgramStage): void {
  const ids = async () => (await stage().client.agentServices('http-ip')).map((service) => service.ID).sort()
  const server = (...options: string[]) => stage().client.dns(...options, 'consul.service.consul')
  let before: string[] = []

  step('agent SIGKILLed: no DNS', async () => {
    before = await ids()
    await stage().endAgent('KILL')
    const printed = await stage().client.dig('http-ip.service.consul')
    expect(printed).toMatch(/no servers could be reached|timed out|refused/)
  })

  step('agent restarted: its catalog answers', async ({ took }) => {
    took(await stage().startAgent('--dns-port=5353'))
  })

  step('agent restarted: leader again', async ({ see }) => {
    await see(() => stage().client.api('/v1/status/leader'), `${AGENT_ADDRESS}:8300`, 30)
  })

  step('agent restarted: services survive', async () => {
    expect(before).toHaveLength(2)
    expect(await ids()).toEqual(before)
  })

  step('--dns-port=5353 answers there, 8600 is closed', async ({ see }) => {
    await see(() => server('-p', '5353'), [AGENT_ADDRESS], 10)
    expect(await listening(stage(), 8600, 'udp')).toBe(false)
  })

  step('-dns-port 5354 answers there', async ({ see }) => {
    await stage().endAgent('TERM')
    await stage().startAgent('-dns-port', '5354')
    await see(() => server('-p', '5354'), [AGENT_ADDRESS], 15)
  })

  step('without the flag 8600 answers again', async ({ see }) => {
    await stage().endAgent('TERM')
    await stage().startAgent()
    await see(() => server(), [AGENT_ADDRESS], 15)
  })
}
