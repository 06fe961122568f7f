import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sendJson, TestServer } from '../test/http-server'
import { ApiError, ConsulClient, optionsFromEnvironment, parseAddress } from './index'

const folder = async () => {
  const path = await mkdtemp(join(tmpdir(), 'sd-client-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

/** A port that nothing listens on. */
const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })

describe('requests', () => {
  it('carry the token, the datacenter and the options of the client', async () => {
    await using server = await TestServer.start((_, response) => sendJson(response, []))
    await using client = new ConsulClient({
      address: server.address,
      token: 'secret',
      datacenter: 'dc2',
      httpAuth: { username: 'u', password: 'p:q' },
    })
    await client.catalog.nodes({
      near: '_agent',
      nodeMeta: { a: 'b', c: 'd' },
      consistency: 'stale',
      filter: 'Node == "x y"',
    })
    expect(server.last.url).toBe(
      '/v1/catalog/nodes?dc=dc2&filter=Node+%3D%3D+%22x+y%22&near=_agent&node-meta=a%3Ab&node-meta=c%3Ad&stale=',
    )
    expect(server.last.headers['x-consul-token']).toBe('secret')
    expect(server.last.headers.authorization).toBe(`Basic ${Buffer.from('u:p:q').toString('base64')}`)
    await client.catalog.nodes({ datacenter: 'dc3', token: 'other' })
    expect(server.last.url).toBe('/v1/catalog/nodes?dc=dc3')
    expect(server.last.headers['x-consul-token']).toBe('other')
  })

  it('go over a unix socket', async () => {
    await using dir = await folder()
    const socketPath = join(dir.path, 'http.sock')
    await using server = await TestServer.start((_, response) => sendJson(response, '"127.0.0.1:8300"'), socketPath)
    await using client = new ConsulClient({ address: `unix://${socketPath}` })
    expect(await client.status.leader()).toBe('127.0.0.1:8300')
    expect(server.last.url).toBe('/v1/status/leader')
  })

  it('read the token from a file, which wins', async () => {
    await using dir = await folder()
    const tokenFile = join(dir.path, 'token')
    await using server = await TestServer.start((_, response) => sendJson(response, '""'))
    await using client = new ConsulClient({ address: server.address, token: 'no', tokenFile })
    await expect(client.status.leader()).rejects.toMatchObject({ code: 'API_INVALID_OPTIONS' })
    await writeFile(tokenFile, 'from-file\n')
    await client.status.leader()
    expect(server.last.headers['x-consul-token']).toBe('from-file')
  })

  it('escape keys and names without touching slashes of keys', async () => {
    await using server = await TestServer.start((_, response) => sendJson(response, []))
    await using client = new ConsulClient({ address: server.address })
    await client.kv.get('a b/ü?#%/../c//d')
    expect(server.last.url).toBe('/v1/kv/a%20b/%C3%BC%3F%23%25/../c//d')
    await client.health.service('we/b ü')
    expect(server.last.url).toBe('/v1/health/service/we%2Fb%20%C3%BC')
  })

  it('are sent once more when a kept connection turns out closed, if they only read', async () => {
    let isBroken = false
    await using server = await TestServer.start((_, response) => {
      if (isBroken) {
        isBroken = false
        response.destroy()
      } else sendJson(response, '"x"')
    })
    await using client = new ConsulClient({ address: server.address })
    isBroken = true
    expect(await client.status.leader()).toBe('x')
    expect(server.seen).toHaveLength(2)
    isBroken = true
    await expect(client.agent.reload()).rejects.toMatchObject({ code: 'API_UNREACHABLE', retryable: true })
    expect(server.seen).toHaveLength(3)
  })
})

describe('failures', () => {
  it('tell status and text of the server', async () => {
    await using server = await TestServer.start(
      (_, response) => void response.writeHead(500).end('No cluster leader\n'),
    )
    await using client = new ConsulClient({ address: server.address })
    const error = (await client.catalog.nodes().catch((caught: unknown) => caught)) as ApiError
    expect(error).toBeInstanceOf(ApiError)
    expect([error.message, error.status, error.text, error.retryable]).toEqual([
      'Unexpected response code: 500 (No cluster leader)',
      500,
      'No cluster leader',
      true,
    ])
  })

  it('say what could not be reached, in the words of Go', async () => {
    const port = await freePort()
    await using client = new ConsulClient({ address: `127.0.0.1:${port}` })
    await expect(client.agent.members({ segment: '_all' })).rejects.toThrow(
      `Get "http://127.0.0.1:${port}/v1/agent/members?segment=_all": dial tcp 127.0.0.1:${port}: connect: connection refused`,
    )
    await using other = new ConsulClient({ address: 'unix:///nowhere/http.sock' })
    await expect(other.agent.reload()).rejects.toThrow(
      'Put "http://localhost/v1/agent/reload": dial unix /nowhere/http.sock: connect: no such file or directory',
    )
  })

  it('refuse an answer that is no JSON or of another shape', async () => {
    const bodies = ['<html>', '{"a":1}', '[{"Node":1}]', '[1]', '']
    for (const body of bodies) {
      await using server = await TestServer.start((_, response) => sendJson(response, body))
      await using client = new ConsulClient({ address: server.address })
      await expect(client.catalog.nodes()).rejects.toMatchObject({ code: 'API_INVALID_ANSWER' })
    }
  })

  it('end a request that is aborted or takes too long', async () => {
    await using server = await TestServer.start(() => {})
    await using client = new ConsulClient({ address: server.address, requestTimeoutMs: 50 })
    const controller = new AbortController()
    const asked = client.status.leader({ signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(asked).rejects.toThrow('enough')
    await expect(client.status.leader()).rejects.toMatchObject({ code: 'API_UNREACHABLE' })
  })

  it('are clear for a client that is closed', async () => {
    const client = new ConsulClient()
    await client.close()
    await client.close()
    await expect(client.status.leader()).rejects.toThrow('the client is closed')
  })
})

describe('addresses', () => {
  it.each([
    [undefined, false, 'http://localhost:8500', '', undefined],
    ['10.0.0.1:80', false, 'http://10.0.0.1:80', '', undefined],
    ['10.0.0.1:80', true, 'https://10.0.0.1:80', '', undefined],
    ['http://h:1', true, 'https://h:1', '', undefined],
    ['https://h:1/prefix/', false, 'https://h:1', '/prefix', undefined],
    ['[::1]:8500', false, 'http://[::1]:8500', '', undefined],
    ['unix:///run/c.sock', false, 'http://localhost', '', '/run/c.sock'],
  ])('%s with TLS %s is %s', (text, useTls, origin, pathPrefix, socketPath) => {
    expect(parseAddress(text, useTls)).toEqual({ origin, pathPrefix, socketPath })
  })

  it('are refused with another scheme or a broken host', () => {
    expect(() => parseAddress('ftp://h')).toThrow('Unknown protocol scheme: ftp')
    expect(() => parseAddress('a b:1')).toThrow('invalid address "a b:1"')
    expect(() => parseAddress('h:99999')).toThrow('invalid address')
  })

  it('come from the environment with everything else', () => {
    expect(
      optionsFromEnvironment({
        CONSUL_HTTP_ADDR: 'https://h:8501',
        CONSUL_HTTP_TOKEN: 't',
        CONSUL_HTTP_TOKEN_FILE: '/t',
        CONSUL_HTTP_AUTH: 'user:pa:ss',
        CONSUL_HTTP_SSL: 'true',
        CONSUL_HTTP_SSL_VERIFY: 'false',
        CONSUL_CACERT: '/ca',
        CONSUL_CAPATH: '/cas',
        CONSUL_CLIENT_CERT: '/cert',
        CONSUL_CLIENT_KEY: '/key',
        CONSUL_TLS_SERVER_NAME: 'name',
        CONSUL_NAMESPACE: 'ns',
        CONSUL_PARTITION: '',
      }),
    ).toEqual({
      address: 'https://h:8501',
      token: 't',
      tokenFile: '/t',
      httpAuth: { username: 'user', password: 'pa:ss' },
      useTls: true,
      namespace: 'ns',
      tls: {
        verify: false,
        caFile: '/ca',
        caPath: '/cas',
        certFile: '/cert',
        keyFile: '/key',
        serverName: 'name',
      },
    })
    expect(optionsFromEnvironment({})).toEqual({})
  })
})
