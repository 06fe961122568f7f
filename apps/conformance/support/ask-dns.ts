/** One DNS question over UDP. */
import { createSocket } from 'node:dgram'
import { decode, encode, type DecodedPacket, type RecordType } from 'dns-packet'

export async function ask(port: number, name: string, type: RecordType = 'A'): Promise<DecodedPacket> {
  const socket = createSocket('udp4')
  try {
    return await new Promise<DecodedPacket>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer to ${name} within 5 s`)), 5_000)
      socket.once('error', reject).once('message', (bytes) => {
        clearTimeout(timer)
        resolve(decode(bytes))
      })
      socket.send(encode({ type: 'query', id: 1, flags: 0, questions: [{ type, name }] }), port, '127.0.0.1')
    })
  } finally {
    socket.close()
  }
}
