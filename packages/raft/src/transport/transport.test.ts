import { connect } from 'node:net'
import { once } from 'node:events'
import { systemClock } from '@sd/runtime'
import { RecordingLogger } from '@sd/runtime/testing'
import { transportContract } from '../testing/transport-contract'
import { MemoryNetwork, MemoryTransport } from './memory-transport'
import { StreamTransport } from './stream-transport'
import { TcpStreamLayer } from './tcp-stream-layer'

const ids = (count: number) => Array.from({ length: count }, (_, i) => `server-${i}`)

describe('MemoryTransport', () => {
  transportContract({ test, expect }, async (count) => {
    const network = new MemoryNetwork()
    return {
      members: ids(count).map((id) => ({ server: { id, address: '' }, transport: new MemoryTransport(id, network) })),
    }
  })
})

describe('StreamTransport on TCP', () => {
  transportContract({ test, expect }, async (count) => {
    const members = []
    for (const id of ids(count)) {
      const layer = new TcpStreamLayer()
      await layer.listen()
      const transport = new StreamTransport({ layer, clock: systemClock }, { id, redialDelayMs: 1 })
      members.push({ server: { id, address: layer.address }, transport })
    }
    return { members }
  })

  test.each([
    ['an impossible length', Buffer.from([0xff, 0xff, 0xff, 0xff, 1])],
    ['a message of no kind', Buffer.from([1, 0, 0, 0, 0x61, 2, 0, 0, 0, 9, 9])],
  ])('closes a connection that sends %s, and lives on', async (_name, bytes) => {
    const layer = new TcpStreamLayer()
    const logger = new RecordingLogger()
    const transport = new StreamTransport({ layer, clock: systemClock, logger }, { id: 'a' })
    const received: unknown[] = []
    await transport.start((from, message) => received.push([from, message]))
    const socket = connect(Number(layer.address.split(':')[1]), '127.0.0.1')
    socket.write(bytes)
    socket.resume()
    await once(socket, 'close')
    expect(received).toEqual([])
    expect(logger.records).toMatchObject([{ level: 'warn', message: 'a connection sent what is no message' }])
    await transport.stop()
  })
})
