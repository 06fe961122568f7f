/** Beyond the slides: what else fails on a node, and that DNS stops naming it and names it again. */
import { HTTP_CHECK } from './checks.steps'
import type { ProgramStage } from './program-stage'
import { STOPPED_FILE } from './http-ip-image'
import { BOTH, NODE_1_ADDRESS, NODE_2_ADDRESS } from './stage'
import type { Step } from './step'

const NAME = 'http-ip.service.consul'

export function failureSteps(step: Step, stage: () => ProgramStage): void {
  const dns = () => stage().client.dns(NAME)
  const statuses = () => stage().client.statuses('http-ip')
  const put = (path: string) => stage().client.show('curl', '-s', '-X', 'PUT', stage().client.url(path))
  const onNode1 = async (...args: string[]) => stage().node1.docker(...args)
  const serviceOnNode1 = async () =>
    (await stage().client.agentServices('http-ip')).find((service) => service.Address === NODE_1_ADDRESS)?.ID

  step('app stopped: DNS drops node 01', async ({ see }) => {
    const stop = `touch ${STOPPED_FILE}; killall httpd`
    await onNode1('exec', await stage().node1.webContainer(), 'sh', '-c', stop)
    await see(dns, [NODE_2_ADDRESS], 12)
    await stage().client.show('curl', '-s', stage().client.url('/v1/health/checks/http-ip?pretty'))
  })

  step('app back: DNS lists node 01 again', async ({ see }) => {
    await onNode1('exec', await stage().node1.webContainer(), 'rm', STOPPED_FILE)
    await see(dns, BOTH, 12)
  })

  step('app hung: DNS drops node 01', async ({ see }) => {
    await onNode1('pause', await stage().node1.webContainer())
    await see(dns, [NODE_2_ADDRESS], 12)
  })

  step('app resumed: DNS lists node 01 again', async ({ see }) => {
    await onNode1('unpause', await stage().node1.webContainer())
    await see(dns, BOTH, 12)
  })

  step('service maintenance: DNS drops node 01', async ({ see }) => {
    await put(`/v1/agent/service/maintenance/${await serviceOnNode1()}?enable=true&reason=workshop`)
    await see(dns, [NODE_2_ADDRESS], 5)
    await stage().client.show('curl', '-s', stage().client.url('/v1/health/checks/http-ip?pretty'))
  })

  step('service maintenance over: both again', async ({ see }) => {
    await put(`/v1/agent/service/maintenance/${await serviceOnNode1()}?enable=false`)
    await see(dns, BOTH, 5)
  })

  step('node maintenance: DNS drops all', async ({ see }) => {
    await put('/v1/agent/maintenance?enable=true&reason=workshop')
    await see(dns, [], 5)
  })

  step('node maintenance over: both again', async ({ see }) => {
    await put('/v1/agent/maintenance?enable=false')
    await see(dns, BOTH, 5)
  })

  step('node 01 link down: DNS drops it', async ({ see }) => {
    await stage().node1.machine.must(['ip', 'link', 'set', 'eth1', 'down'])
    await see(dns, [NODE_2_ADDRESS], 15)
  })

  step('node 01 link up: both again', async ({ see }) => {
    await stage().node1.machine.must(['ip', 'link', 'set', 'eth1', 'up'])
    await see(dns, BOTH, 15)
  })

  step('container process SIGKILLed: DNS drops node 01', async ({ see }) => {
    const pid = await onNode1('inspect', '-f', '{{.State.Pid}}', await stage().node1.webContainer())
    await stage().node1.machine.must(['sh', '-c', 'kill -KILL "$0"', pid])
    await see(dns, [NODE_2_ADDRESS], 12)
  })

  step('container process SIGKILLed: registrator deregisters', async ({ see }) => {
    await see(async () => (await statuses()).length, 1, 5)
  })

  step('new container: both again', async ({ see }) => {
    await stage().node1.runHttpIp(HTTP_CHECK)
    await see(dns, BOTH, 12)
  })

  step('registrator SIGKILLed: services stay', async ({ staysSo }) => {
    await stage().killRegistrator(stage().node1)
    await staysSo(dns, BOTH, 1)
  })

  step('no registrator, container killed: check drops it from DNS', async ({ see }) => {
    await stage().node1.killHttpIp()
    await see(dns, [NODE_2_ADDRESS], 12)
    expect(await statuses()).toEqual(['critical', 'passing'])
  })

  step('registrator back with -cleanup: dangling service removed', async ({ see }) => {
    await stage().startRegistrator(stage().node1, '-cleanup')
    await see(statuses, ['passing'], 8)
  })

  step('new container again: both', async ({ see }) => {
    await stage().node1.runHttpIp(HTTP_CHECK)
    await see(dns, BOTH, 12)
  })

  step('dockerd SIGKILLed: containers live on and stay in DNS', async ({ staysSo }) => {
    await stage().node1.killEngine()
    await staysSo(dns, BOTH, 6)
  })

  step('dockerd back: registrator follows it, its containers have ended', async ({ see }) => {
    await stage().node1.startEngine()
    await see(statuses, ['passing'], 30)
    expect(stage().registratorRuns(stage().node1)).toBe(true)
  })

  step('new container on the engine that came back: both', async ({ see }) => {
    await stage().node1.runHttpIp(HTTP_CHECK)
    await see(dns, BOTH, 12)
    expect(await stage().client.agentServices('http-ip')).toHaveLength(2)
  })
}
