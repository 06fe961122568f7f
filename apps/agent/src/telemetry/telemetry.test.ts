import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { systemClock } from '@sd/runtime'
import { VirtualClock } from '@sd/runtime/testing'
import { MemorySink, PrometheusSink, StatsdSink, Telemetry } from './index'

const AT = Date.UTC(2026, 10, 23, 13, 20, 43)

describe('MemorySink', () => {
  it('shows the last finished interval in the form of /v1/agent/metrics', async () => {
    const clock = new VirtualClock(AT)
    const sink = new MemorySink({ clock })
    const metrics = new Telemetry([sink], { hostname: 'vm' })
    metrics.gauge('members.servers', 1, { datacenter: 'dc1' })
    metrics.gauge('load', 0.1)
    metrics.count('client.rpc')
    metrics.count('client.rpc')
    metrics.sample('kv.apply', 1)
    metrics.sample('kv.apply', 3)
    const expected = {
      Timestamp: '2026-11-23 13:20:40 +0000 UTC',
      Gauges: [
        { Name: 'consul.vm.load', Value: 0.1, Labels: {} },
        { Name: 'consul.vm.members.servers', Value: 1, Labels: { datacenter: 'dc1' } },
      ],
      Points: [],
      Counters: [
        { Name: 'consul.client.rpc', Count: 2, Rate: 0.2, Sum: 2, Min: 1, Max: 1, Mean: 1, Stddev: 0, Labels: {} },
      ],
      Samples: [
        {
          Name: 'consul.kv.apply',
          Count: 2,
          Rate: 0.4,
          Sum: 4,
          Min: 1,
          Max: 3,
          Mean: 2,
          Stddev: Math.SQRT2,
          Labels: {},
        },
      ],
    }
    expect(sink.toJson()).toBe(JSON.stringify(expected))
    await clock.advance(10_000)
    metrics.count('other')
    expect(sink.toJson()).toBe(JSON.stringify(expected))
    await clock.advance(10_000)
    expect(JSON.parse(sink.toJson())).toMatchObject({
      Timestamp: '2026-11-23 13:20:50 +0000 UTC',
      Gauges: [],
      Samples: [],
    })
  })
})

describe('Telemetry', () => {
  it('filters by the longest prefix, and again after a reload', () => {
    const sink = new MemorySink({ clock: new VirtualClock(AT) })
    const metrics = new Telemetry([sink], {
      blocked: ['consul.raft'],
      allowed: ['consul.raft.apply'],
      prefix: 'consul',
    })
    const names = () => (JSON.parse(sink.toJson()) as { Counters: { Name: string }[] }).Counters.map((one) => one.Name)
    for (const name of ['raft.apply', 'raft.commit', 'kv.apply']) metrics.count(name)
    expect(names()).toEqual(['consul.kv.apply', 'consul.raft.apply'])
    metrics.setFilter({ allowed: [], blocked: [] })
    metrics.count('raft.commit')
    expect(names()).toContain('consul.raft.commit')
  })
})

describe('PrometheusSink', () => {
  it('writes counters, gauges and summaries', async () => {
    const clock = new VirtualClock(AT)
    const sink = new PrometheusSink(
      { clock },
      { help: new Map([['consul.raft.apply', 'Applied\nentries.']]), retentionMs: 60_000 },
    )
    const metrics = new Telemetry([sink], { hostname: '' })
    metrics.count('raft.apply', 2)
    metrics.count('raft.apply', 3)
    metrics.gauge('leaf-certs.count', 1.5)
    metrics.sample('api.http', 1, { method: 'GET', path: 'v1_"kv"' })
    metrics.sample('api.http', 2, { method: 'GET', path: 'v1_"kv"' })
    const text = [
      '# HELP consul_api_http consul_api_http',
      '# TYPE consul_api_http summary',
      'consul_api_http{method="GET",path="v1_\\"kv\\"",quantile="0.5"} 1',
      'consul_api_http{method="GET",path="v1_\\"kv\\"",quantile="0.9"} 2',
      'consul_api_http{method="GET",path="v1_\\"kv\\"",quantile="0.99"} 2',
      'consul_api_http_sum{method="GET",path="v1_\\"kv\\""} 3',
      'consul_api_http_count{method="GET",path="v1_\\"kv\\""} 2',
      '# HELP consul_leaf_certs_count consul_leaf_certs_count',
      '# TYPE consul_leaf_certs_count gauge',
      'consul_leaf_certs_count 1.5',
      '# HELP consul_raft_apply Applied\\nentries.',
      '# TYPE consul_raft_apply counter',
      'consul_raft_apply 5',
      '',
    ].join('\n')
    expect(sink.toText()).toBe(text)
    await clock.advance(11_000)
    expect(sink.toText()).toContain('quantile="0.5"} NaN')
    await clock.advance(60_000)
    expect(sink.toText()).toBe('')
  })
})

describe('StatsdSink', () => {
  const receive = async (options: object, use: (metrics: Telemetry) => void): Promise<string> => {
    const server = createSocket('udp4')
    server.bind(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const sink = new StatsdSink({ clock: systemClock }, `127.0.0.1:${port}`, options)
    await sink.start()
    const arrived = once(server, 'message') as Promise<[Buffer]>
    use(new Telemetry([sink], { hostname: 'vm' }))
    await sink.stop()
    const [message] = await arrived
    server.close()
    return message.toString()
  }

  it('sends several metrics in one datagram', async () => {
    const text = await receive({}, (metrics) => {
      metrics.count('kv.apply', 2, { op: 'set' })
      metrics.gauge('load', 0.5)
      metrics.sample('a:b c', 1.25)
    })
    expect(text).toBe('consul.kv.apply.set:2.000000|c\nconsul.vm.load:0.500000|g\nconsul.a_b_c:1.250000|ms\n')
  })

  it('sends labels as tags to DogStatsD', async () => {
    const text = await receive({ useTags: true, tags: ['env:x'] }, (metrics) => metrics.count('kv', 2, { op: 'set' }))
    expect(text).toBe('consul.kv:2|c|#env:x,op:set\n')
  })

  it('splits what does not fit a datagram, and is harmless when nobody listens', async () => {
    const sink = new StatsdSink({ clock: systemClock }, '127.0.0.1:9')
    await sink.start()
    for (let i = 0; i < 1_000; i++) sink.count(`consul.some.long.name.${i}`, 1, undefined)
    await sink.stop()
    expect(sink.dropped).toBeGreaterThanOrEqual(0)
  })
})
