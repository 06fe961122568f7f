import { createServer as createHttps } from 'node:https'
import type { AddressInfo } from 'node:net'
import {
  begin,
  certificate,
  closedPort,
  closedUdpPort,
  h2Server,
  httpServer,
  httpsServer,
  listen,
  lookup,
  privateKey,
  run,
  signalled,
  tcpServer,
  tlsSettings,
  udpServer,
} from '../../test/support/servers'
import { H2PingProbe } from './h2-ping-probe'
import { TcpProbe } from './tcp-probe'
import { UdpProbe } from './udp-probe'

describe('TCP', () => {
  const probe = (target: string, tls?: ReturnType<typeof tlsSettings>) => new TcpProbe(lookup, target, 10_000, tls)

  test('an accepted connection is passing', async () => {
    const target = `127.0.0.1:${await tcpServer()}`
    expect(await run(probe(target))).toEqual({ status: 'passing', output: `TCP connect ${target}: Success` })
  })

  test('a name of the hosts file is dialled; the refusing address is named', async () => {
    const port = await closedPort()
    expect(await run(probe(`localhost:${port}`))).toEqual({
      status: 'critical',
      output: `dial tcp 127.0.0.1:${port}: connect: connection refused`,
    })
  })

  test.each([
    ['127.0.0.1', 'dial tcp: address 127.0.0.1: missing port in address'],
    ['127.0.0.1:99999', 'dial tcp: address 99999: invalid port'],
    ['127.0.0.1:nosuch', 'dial tcp: lookup tcp/nosuch: unknown port'],
    ['::1:80', 'dial tcp: address ::1:80: too many colons in address'],
  ])('%s is critical with the text of Go', async (target, output) => {
    expect(await run(probe(target))).toEqual({ status: 'critical', output })
  })

  test('with TLS, the handshake counts', async () => {
    const target = `127.0.0.1:${await httpsServer(() => {})}`
    expect(await run(probe(target, tlsSettings({ skipVerify: true })))).toEqual({
      status: 'passing',
      output: `TCP+TLS connect ${target}: Success`,
    })
    expect((await run(probe(target, tlsSettings({ trusts: true })))).status).toBe('passing')
    expect((await run(probe(target, tlsSettings()))).output).toContain('certificate signed by unknown authority')
  })

  test('bytes that are not TLS are told', async () => {
    const port = await tcpServer((socket) => socket.once('data', () => socket.write('garbage\r\n')))
    expect(await run(probe(`127.0.0.1:${port}`, tlsSettings()))).toEqual({
      status: 'critical',
      output: 'tls: first record does not look like a TLS handshake',
    })
  })

  test('a silent handshake ends when time is up', async () => {
    const { promise, done } = signalled()
    const port = await tcpServer((socket) => socket.once('data', () => done()))
    const running = begin(probe(`127.0.0.1:${port}`, tlsSettings()))
    await promise
    running.timeUp()
    expect(await running.result).toEqual({ status: 'critical', output: 'context deadline exceeded' })
  })

  test('time that is up before the connection stands is an i/o timeout', async () => {
    const running = begin(probe('127.0.0.1:9'))
    running.timeUp()
    expect((await running.result).output).toBe('dial tcp 127.0.0.1:9: i/o timeout')
  })
})

describe('UDP', () => {
  const probe = (target: string) => new UdpProbe(lookup, target, 10_000)

  test('an empty datagram is sent, and any answer is passing', async () => {
    let sent: number | undefined
    const port = await udpServer((message, reply) => {
      sent = message.length
      reply(Buffer.from('pong'))
    })
    const output = `UDP connect 127.0.0.1:${port}: Success`
    expect(await run(probe(`127.0.0.1:${port}`))).toEqual({ status: 'passing', output })
    expect(sent).toBe(0)
  })

  test('a closed port is critical', async () => {
    const closed = await closedUdpPort()
    const { status, output } = await run(probe(`127.0.0.1:${closed}`))
    expect(status).toBe('critical')
    expect(output).toMatch(new RegExp(`^read udp 127.0.0.1:\\d+->127.0.0.1:${closed}: read: connection refused$`))
  })

  test('silence is critical', async () => {
    const { promise, done } = signalled()
    const port = await udpServer(() => done())
    const running = begin(probe(`127.0.0.1:${port}`))
    await promise
    running.timeUp()
    const { status, output } = await running.result
    expect([status, output.replace(/\d+->/, '*->')]).toEqual([
      'critical',
      `read udp 127.0.0.1:*->127.0.0.1:${port}: i/o timeout`,
    ])
  })

  test('port 0 and a missing port are critical', async () => {
    expect((await run(probe('127.0.0.1:0'))).status).toBe('critical')
    expect((await run(probe('127.0.0.1'))).output).toBe('dial udp: address 127.0.0.1: missing port in address')
  })
})

describe('HTTP/2 ping', () => {
  const probe = (port: number, tls?: ReturnType<typeof tlsSettings>) =>
    new H2PingProbe(lookup, `127.0.0.1:${port}`, 10_000, tls)

  test('an answered ping is passing, with TLS and without', async () => {
    const passing = { status: 'passing', output: 'HTTP2 ping was successful' }
    expect(await run(probe(await h2Server(() => {})))).toEqual(passing)
    const port = await h2Server(() => {}, { tls: true })
    expect(await run(probe(port, tlsSettings({ skipVerify: true })))).toEqual(passing)
    expect((await run(probe(port, tlsSettings()))).output).toContain(
      `Failed to dial to 127.0.0.1:${port}: tls: failed to verify certificate`,
    )
  })

  test('a refused connection is told', async () => {
    const port = await closedPort()
    expect((await run(probe(port))).output).toBe(
      `Failed to dial to 127.0.0.1:${port}: dial tcp 127.0.0.1:${port}: connect: connection refused`,
    )
  })

  test('a server of HTTP/1 is critical, with TLS and without', async () => {
    const plain = await run(probe(await httpServer((_request, response) => response.end())))
    expect(plain).toEqual({
      status: 'critical',
      output:
        'HTTP2 ping failed: http2: failed reading the frame payload: http2: frame too large, note that the frame header looked like an HTTP/1.1 header',
    })
    const server = createHttps({ cert: certificate, key: privateKey, ALPNProtocols: ['http/1.1'] }, () => {})
    await listen(server)
    const { port } = server.address() as AddressInfo
    expect((await run(probe(port, tlsSettings({ skipVerify: true })))).output).toBe(
      `Failed to dial to 127.0.0.1:${port}: remote error: tls: no application protocol`,
    )
  })

  test('a silent server is critical when time is up', async () => {
    const { promise, done } = signalled()
    const running = begin(probe(await tcpServer((socket) => socket.once('data', () => done()))))
    await promise
    running.timeUp()
    expect(await running.result).toEqual({ status: 'critical', output: 'HTTP2 ping failed: context deadline exceeded' })
  })
})
