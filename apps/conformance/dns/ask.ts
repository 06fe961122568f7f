/** One DNS message to one server, over UDP or TCP. */
import { createSocket } from 'node:dgram'
import { connect } from 'node:net'

/** A server that says nothing within this time, in milliseconds, means to say nothing. */
const SILENCE_MS = 700

export type Transport = 'udp' | 'tcp'

/** The answer; undefined for silence. */
export const ask = (transport: Transport, port: number, message: Buffer): Promise<Buffer | undefined> =>
  (transport === 'udp' ? askUdp : askTcp)(port, message)

function askUdp(port: number, message: Buffer): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4')
    const done = (answer: Buffer | undefined) => {
      clearTimeout(timer)
      socket.close()
      resolve(answer)
    }
    const timer = setTimeout(() => done(undefined), SILENCE_MS)
    socket.once('message', done).once('error', reject)
    socket.send(message, port, '127.0.0.1')
  })
}

function askTcp(port: number, message: Buffer): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let received = Buffer.alloc(0)
    const done = (answer: Buffer | undefined) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(answer)
    }
    const timer = setTimeout(() => done(undefined), SILENCE_MS)
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes])
      if (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        done(received.subarray(2, 2 + received.readUInt16BE(0)))
      }
    })
    socket.on('error', () => undefined).on('close', () => done(undefined))
    const length = Buffer.alloc(2)
    length.writeUInt16BE(message.length)
    socket.write(Buffer.concat([length, message]))
  })
}
