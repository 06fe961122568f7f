/** A tiny recursor: knows a few names of the outside, refuses or ignores some, and does not know the rest. */
import { createSocket, type RemoteInfo } from 'node:dgram'
import { createServer, type Server } from 'node:net'
import { type Answer, decode, encode } from 'dns-packet'
import { freePorts } from '../support/free-ports'

const NXDOMAIN = 3
const REFUSED = 5
const RECURSION_AVAILABLE = 0x80

const KNOWN: Readonly<Record<string, readonly Answer[]>> = {
  'far.example.org': [{ type: 'A', name: 'far.example.org', ttl: 60, data: '198.51.100.7' }],
  'example.com': [
    { type: 'A', name: 'example.com', ttl: 120, data: '198.51.100.1' },
    { type: 'A', name: 'example.com', ttl: 120, data: '198.51.100.2' },
  ],
  'alias.example.com': [
    { type: 'CNAME', name: 'alias.example.com', ttl: 30, data: 'example.com' },
    { type: 'A', name: 'example.com', ttl: 120, data: '198.51.100.1' },
  ],
  'big.example.com': Array.from({ length: 60 }, (_, i): Answer => ({
    type: 'A',
    name: 'big.example.com',
    ttl: 5,
    data: `198.51.100.${i}`,
  })),
  'mail.example.com': [
    { type: 'MX', name: 'mail.example.com', ttl: 9, data: { preference: 5, exchange: 'mx.example.com' } },
  ],
}

/** Bytes of an answer that fits plain UDP. */
const UDP_BYTES_MAX = 512

export interface Upstream {
  readonly port: number
  stop(): Promise<void>
}

export async function startUpstream(): Promise<Upstream> {
  const [port] = (await freePorts(1)) as [number]
  const udp = createSocket('udp4').on('message', (message: Buffer, from: RemoteInfo) => {
    const answer = answerTo(message, true)
    if (answer) udp.send(answer, from.port, from.address)
  })
  const tcp: Server = createServer((socket) => {
    let received = Buffer.alloc(0)
    socket
      .on('error', () => undefined)
      .on('data', (bytes) => {
        received = Buffer.concat([received, bytes])
        if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return
        const answer = answerTo(received.subarray(2), false)
        if (!answer) return void socket.destroy()
        const length = Buffer.alloc(2)
        length.writeUInt16BE(answer.length)
        socket.end(Buffer.concat([length, answer]))
      })
  })
  await new Promise<void>((resolve) => udp.bind(port, '127.0.0.1', resolve))
  await new Promise<void>((resolve) => tcp.listen(port, '127.0.0.1', resolve))
  return {
    port,
    async stop() {
      await new Promise<void>((resolve) => udp.close(() => resolve()))
      await new Promise<void>((resolve) => tcp.close(() => resolve()))
    },
  }
}

function answerTo(message: Buffer, isUdp: boolean): Buffer | undefined {
  const { id, questions } = decode(message)
  const question = questions?.[0]
  const name = question?.name.toLowerCase() ?? ''
  if (name === 'silent.example.com') return undefined
  const records = KNOWN[name]?.filter(({ type }) => type === question?.type || type === 'CNAME')
  const rcode = name === 'refused.example.com' ? REFUSED : KNOWN[name] ? 0 : NXDOMAIN
  const reply = (answers: readonly Answer[], more: number) =>
    encode({
      type: 'response',
      id: id as number,
      flags: 0x100 | RECURSION_AVAILABLE | rcode | more,
      questions: questions ?? [],
      answers: [...answers],
    })
  const whole = reply(records ?? [], 0)
  return isUdp && whole.length > UDP_BYTES_MAX ? reply([], 0x200) : whole
}
