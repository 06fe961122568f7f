/** Slides "Failure detection, hands on": both containers are killed and started again with a health check. */
import type { Check } from './client'
import type { DockerNode } from './docker-node'
import { BOTH, NODE_2_ADDRESS, type Stage } from './stage'
import type { Step } from './step'

const NAME = 'http-ip.service.consul'
const CHECK_TIMES = { SERVICE_CHECK_INTERVAL: '5s', SERVICE_CHECK_TIMEOUT: '1s' }
/** The slides' second kind of check, and the one that later steps use. */
export const HTTP_CHECK = { SERVICE_CHECK_HTTP: '/', ...CHECK_TIMES }

export function checkSteps(step: Step, stage: () => Stage): void {
  const dns = () => stage().client.dns(NAME)
  const statuses = () => stage().client.statuses('http-ip')
  const showChecks = (path: string) => stage().client.show('curl', '-s', stage().client.url(path))

  step('docker kill on node 01 leaves DNS', async ({ see }) => {
    await stage().node1.killHttpIp()
    await see(dns, [NODE_2_ADDRESS], 10)
  })

  step('docker kill on node 02 leaves DNS', async ({ see }) => {
    await stage().node2.killHttpIp()
    await see(dns, [], 10)
  })

  step('SERVICE_CHECK_SCRIPT checks are passing', async ({ see }) => {
    await startWith(stage(), (node) => ({ SERVICE_CHECK_SCRIPT: `curl -s -f http://${node.address}`, ...CHECK_TIMES }))
    await see(statuses, ['passing', 'passing'], 12)
    await showChecks('/v1/health/checks/http-ip?pretty')
    await showChecks('/v1/agent/checks?pretty')
  })

  step('check output is the page', async () => {
    const checks = (await stage().client.api<Check[]>('/v1/health/checks/http-ip')) ?? []
    const outputs = checks.map((check) => check.Output.replace(/\n$/, ''))
    expect(outputs.sort()).toEqual(['hello from 172.18.0.2', 'hello from 172.19.0.2'])
  })

  step('SERVICE_CHECK_SCRIPT services are in DNS', async ({ see }) => {
    await see(dns, BOTH, 3)
  })

  step('killed again, DNS is empty', async ({ see }) => {
    await Promise.all([stage().node1.killHttpIp(), stage().node2.killHttpIp()])
    await see(dns, [], 10)
  })

  step('SERVICE_CHECK_HTTP checks are passing', async ({ see }) => {
    await startWith(stage(), () => HTTP_CHECK)
    await see(statuses, ['passing', 'passing'], 12)
    await showChecks('/v1/health/checks/http-ip?pretty')
  })

  step('SERVICE_CHECK_HTTP services are in DNS', async ({ see }) => {
    await see(dns, BOTH, 3)
  })
}

async function startWith(stage: Stage, env: (node: DockerNode) => Record<string, string>): Promise<void> {
  await Promise.all([stage.node1, stage.node2].map((node) => node.runHttpIp(env(node))))
}
