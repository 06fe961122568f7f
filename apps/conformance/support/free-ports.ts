/** Ports that nobody uses at this moment, free for UDP too. */
import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'

/** All are held open until the last is found, so no two are the same. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = []
  const release: (() => Promise<void>)[] = []
  while (ports.length < count) {
    const server = createServer()
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, '127.0.0.1', resolve)
    })
    release.push(() => new Promise((resolve) => server.close(() => resolve())))
    const { port } = server.address() as { port: number }
    const socket = createSocket('udp4')
    const free = await new Promise<boolean>((resolve) => {
      socket.once('error', () => resolve(false)).bind(port, '127.0.0.1', () => resolve(true))
    })
    release.push(() => new Promise((resolve) => socket.close(() => resolve())))
    if (free) ports.push(port)
  }
  await Promise.all(release.map((close) => close()))
  return ports
}
