/** Ports that nobody uses at this moment, free for UDP too. */
import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'

/** Below what the system hands out by itself, so that no client's connection takes a port between here and its use. */
const FIRST = 12_000
const LAST = 29_999

/** Programs that look at the same time begin at different places; none is given twice by one of them until all were. */
let next = FIRST + ((process.pid * 97) % (LAST - FIRST))

/** Different from each other, and from those of the calls before. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = []
  while (ports.length < count) {
    const port = next
    next = port === LAST ? FIRST : port + 1
    if ((await isFreeForTcp(port)) && (await isFreeForUdp(port))) ports.push(port)
  }
  return ports
}

function isFreeForTcp(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

function isFreeForUdp(port: number): Promise<boolean> {
  const socket = createSocket('udp4')
  return new Promise((resolve) => {
    socket.once('error', () => resolve(false))
    socket.bind(port, '127.0.0.1', () => socket.close(() => resolve(true)))
  })
}
