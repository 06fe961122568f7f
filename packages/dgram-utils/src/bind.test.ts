import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { bindUdp } from './bind-udp'
import { bindUdpTcpPair } from './bind-udp-tcp-pair'
import { sendDatagram } from './send-datagram'
import { receiveLoop } from './receive-loop'

const host = '127.0.0.1'

/** Below the ports that the system hands out by itself, so that no client of another program takes it meanwhile. */
async function portFreeInBoth(): Promise<number> {
  for (let port = 20_000 + (process.pid % 5_000); ; port++) {
    const pair = await bindUdpTcpPair({ host, port }).catch(() => undefined)
    if (!pair) continue
    await pair.close()
    return port
  }
}

describe('bindUdp', () => {
  it('binds a free port and delivers a datagram', async () => {
    await using server = await bindUdp({ host })
    await using client = await bindUdp({ host })
    const received = once(server.socket, 'message')
    await sendDatagram(client.socket, Buffer.from('hello'), server)
    const [bytes, from] = await received
    expect(String(bytes)).toBe('hello')
    expect(from.port).toBe(client.port)
  })

  it('says which address is taken and what to do', async () => {
    await using first = await bindUdp({ host })
    await expect(bindUdp({ host, port: first.port })).rejects.toMatchObject({
      code: 'DGRAM_ADDRESS_IN_USE',
      message: `udp 127.0.0.1:${first.port} is already in use: stop the program that listens there, or choose another port`,
      details: { transport: 'udp', host, port: first.port },
    })
  })

  it('explains an address that is not on this machine', async () => {
    await expect(bindUdp({ host: '192.0.2.1' })).rejects.toMatchObject({
      code: 'DGRAM_BIND_FAILED',
      details: { reason: 'EADDRNOTAVAIL' },
    })
  })

  it('may be closed twice', async () => {
    const bound = await bindUdp({ host })
    await bound.close()
    await expect(bound.close()).resolves.toBeUndefined()
  })
})

describe('bindUdpTcpPair', () => {
  it('listens in UDP and TCP on one system-chosen port', async () => {
    await using pair = await bindUdpTcpPair({ host })
    expect((pair.tcp.address() as AddressInfo).port).toBe(pair.port)
    expect(pair.udp.address().port).toBe(pair.port)
    const accepted = once(pair.tcp, 'connection')
    const client = connect(pair.port, host)
    const [socket] = await accepted
    socket.destroy()
    client.destroy()
  })

  it('leaves no TCP listener behind when the UDP port is taken', async () => {
    const port = await portFreeInBoth()
    await using udp = await bindUdp({ host, port })
    await expect(bindUdpTcpPair({ host, port })).rejects.toMatchObject({
      code: 'DGRAM_ADDRESS_IN_USE',
      details: { transport: 'udp', port: udp.port },
    })
    const free = createServer()
    free.listen(udp.port, host)
    await once(free, 'listening')
    expect((free.address() as AddressInfo).port).toBe(udp.port)
    await new Promise((closed) => free.close(closed))
  })

  it('names TCP when TCP is taken', async () => {
    const taken = createServer()
    taken.listen(0, host)
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    await expect(bindUdpTcpPair({ host, port })).rejects.toMatchObject({
      code: 'DGRAM_ADDRESS_IN_USE',
      details: { transport: 'tcp' },
    })
    await new Promise((closed) => taken.close(closed))
  })
})

describe('sendDatagram', () => {
  it('refuses a datagram that UDP cannot carry', async () => {
    await using client = await bindUdp({ host })
    await expect(sendDatagram(client.socket, Buffer.alloc(70_000), { host, port: 9 })).rejects.toMatchObject({
      code: 'DGRAM_SEND_FAILED',
      retryable: false,
      details: { reason: 'EMSGSIZE', bytes: 70_000 },
    })
  })

  it('fails with a code on a closed socket', async () => {
    const client = await bindUdp({ host })
    await client.close()
    await expect(sendDatagram(client.socket, Buffer.from('x'), { host, port: 9 })).rejects.toMatchObject({
      code: 'DGRAM_SEND_FAILED',
    })
  })
})

describe('receiveLoop', () => {
  it('goes on after a handler threw, and ends when told', async () => {
    await using server = await bindUdp({ host })
    await using client = await bindUdp({ host })
    const seen: string[] = []
    const errors: unknown[] = []
    let arrived = () => {}
    const stop = receiveLoop(server.socket, {
      onDatagram(bytes) {
        seen.push(String(bytes))
        arrived()
        if (seen.length === 1) throw new Error('bad packet')
      },
      onError: (error) => errors.push(error),
    })
    for (const text of ['one', 'two']) {
      const arrival = new Promise<void>((resolve) => (arrived = resolve))
      await sendDatagram(client.socket, Buffer.from(text), server)
      await arrival
    }
    expect(seen).toEqual(['one', 'two'])
    expect(errors).toEqual([new Error('bad packet')])
    stop()
    expect(server.socket.listenerCount('message')).toBe(0)
  })
})
