/** Slides "Service discovery, hands on": registrator and http-ip on both nodes, then DNS and the call by name. */
import { lines } from './client'
import { BOTH, NODE_1_ADDRESS, type Stage } from './stage'
import type { Step } from './step'

const NAME = 'http-ip.service.consul'
const CALLS = 40

export function discoverySteps(step: Step, stage: () => Stage): void {
  const dns = (...question: string[]) => stage().client.dns(...question)

  step('registrator follows both Docker engines', async () => {
    const { node1, node2 } = stage()
    await Promise.all([stage().startRegistrator(node1), stage().startRegistrator(node2)])
    await node1.createNetwork('network-node-01', '172.18.0.0/16')
    await node2.createNetwork('network-node-02', '172.19.0.0/16')
    expect(await dns(NAME)).toEqual([])
  })

  step('container start on node 01 appears in DNS', async ({ see }) => {
    await stage().node1.runHttpIp()
    await see(() => dns(NAME), [NODE_1_ADDRESS], 10)
  })

  step('container start on node 02 appears in DNS', async ({ see }) => {
    const { client, node2 } = stage()
    await node2.runHttpIp()
    await see(() => dns(NAME), BOTH, 10)
    await client.show('curl', '-s', client.url('/v1/catalog/service/http-ip'))
    await client.show('curl', '-s', client.url('/v1/agent/services'))
  })

  step('A: the question as on the slide, two answers with TTL 0, authoritative', async () => {
    const text = squeeze(await stage().client.show('dig', '@192.168.99.101', NAME))
    expect(text).toContain(`;${NAME}. IN A\n`)
    expect(text).toMatch(/status: NOERROR/)
    expect(text).toMatch(/^;; flags: qr aa\b/m)
    const answers = lines(text).filter((line) => line.startsWith(NAME))
    expect(answers.sort()).toEqual(BOTH.map((address) => `${NAME}. 0 IN A ${address}`))
  })

  step('SRV: 1 1 80 HEXIP.addr.dc1.consul. and both addresses beside', async () => {
    const text = squeeze(await stage().client.show('dig', '@192.168.99.101', NAME, 'SRV'))
    const targets = ['c0a86364.addr.dc1.consul.', 'c0a86366.addr.dc1.consul.']
    const answers = lines(text).filter((line) => line.startsWith(NAME))
    expect(answers.sort()).toEqual(targets.map((target) => `${NAME}. 0 IN SRV 1 1 80 ${target}`))
    const beside = lines(text).filter((line) => line.startsWith('c0a863'))
    expect(beside.sort()).toEqual(targets.map((target, i) => `${target} 0 IN A ${BOTH[i]}`))
  })

  step('hex addr. name resolves', async () => {
    expect(await dns('c0a86364.addr.dc1.consul')).toEqual([NODE_1_ADDRESS])
  })

  step('RFC 2782 name _http-ip._tcp', async () => {
    expect(await dns('_http-ip._tcp.service.consul', 'SRV')).toHaveLength(2)
  })

  step('unknown service is NXDOMAIN', async () => {
    expect(await stage().client.dig('nope.service.consul')).toContain('status: NXDOMAIN')
  })

  step('service ids are HOST:CONTAINER:PORT', async () => {
    const { client, node1, node2 } = stage()
    const hosts = await Promise.all([node1, node2].map((node) => stage().registratorHost(node)))
    const ids = (await client.agentServices('http-ip')).map((service) => service.ID)
    expect(ids.sort()).toEqual(hosts.map((host) => `${host}:web-1:8080`).sort())
  })

  step('curl http://http-ip.service.consul is balanced over both', async () => {
    const answers = new Set<string>()
    for (let call = 0; call < CALLS; call++) answers.add(await stage().client.curl(`http://${NAME}`))
    await stage().client.show('curl', '-s', `http://${NAME}`)
    expect([...answers].sort()).toEqual(['hello from 172.18.0.2\n', 'hello from 172.19.0.2\n'])
  })
}

/** Runs of white space as one space, as on the slides. */
function squeeze(text: string): string {
  return text.replaceAll(/[ \t]+/g, ' ')
}
