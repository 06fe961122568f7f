/** Asks other name servers for names outside our zones. */
import { connect } from 'node:net'
import { bindUdp, formatHostPort, type HostPort } from '@sd/dgram-utils'
import { type Clock, errorMessage, type Logger, type Random, randomInteger, shuffle } from '@sd/runtime'
import { isIPv6 } from 'node:net'
import type { AnswerSettings } from './options'
import { CLASS_IN, FLAG, MESSAGE_BYTES_MAX, RCODE, TYPE, typeName } from './wire/constants'
import { readAliasRecords, readReplyHeader, repliesTo } from './wire/read-answers'
import type { DnsRecord, Question } from './wire/records'
import { writeMessage } from './wire/write-message'

export type RecursorTransport = 'udp' | 'tcp'

export interface RecursorPorts {
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly signal: AbortSignal
}

/** Questions under way at once; more are refused, which also ends a loop of recursors that ask each other. */
const EXCHANGES_MAX = 1_000

export class Recursor {
  #exchanges = 0

  constructor(
    private readonly ports: RecursorPorts,
    private readonly settings: Pick<AnswerSettings, 'recursors' | 'recursorStrategy' | 'recursorTimeoutMs'>,
  ) {}

  /** The first recursor's reply that is an answer or NXDOMAIN, with the id of `packet`; undefined when none has one. */
  async forward(packet: Buffer, question: Question, transport: RecursorTransport): Promise<Buffer | undefined> {
    const id = packet.readUInt16BE(0)
    const reply = await this.#ask(packet, question, transport)
    reply?.writeUInt16BE(id, 0)
    return reply
  }

  /** A, AAAA and CNAME records of a host name; none when nobody knows it. */
  async addresses(name: string): Promise<DnsRecord[]> {
    const question: Question = { name, type: TYPE.A, class: CLASS_IN }
    const sections = { answers: [], authority: [], additional: [] }
    const packet = writeMessage({ id: 0, flags: FLAG.RD, question, ...sections }, { compress: false })
    const reply = await this.#ask(packet, question, 'udp')
    return reply ? readAliasRecords(reply) : []
  }

  async #ask(packet: Buffer, question: Question, transport: RecursorTransport): Promise<Buffer | undefined> {
    const { recursors, recursorStrategy, recursorTimeoutMs } = this.settings
    const { random, logger } = this.ports
    const order = recursorStrategy === 'random' ? shuffle(random, [...recursors]) : recursors
    for (const recursor of order) {
      if (this.#exchanges >= EXCHANGES_MAX || this.ports.signal.aborted) return undefined
      this.#exchanges++
      const request = Buffer.from(packet)
      // An id of our own: the client's may be known to others.
      request.writeUInt16BE(randomInteger(random, 0x1_0000), 0)
      const fields = {
        name: question.name,
        type: typeName(question.type),
        recursor: formatHostPort(recursor.host, recursor.port),
      }
      try {
        const exchange = transport === 'tcp' ? exchangeTcp : exchangeUdp
        const accepts = (reply: Buffer) =>
          readReplyHeader(reply)?.id === request.readUInt16BE(0) && repliesTo(reply, question.name, question.type)
        const reply = await this.#withDeadline(recursorTimeoutMs, (signal) =>
          exchange(request, recursor, accepts, signal),
        )
        const rcode = readReplyHeader(reply)?.rcode
        if (rcode === RCODE.NOERROR || rcode === RCODE.NXDOMAIN) return reply
        logger.debug('Recursor did not answer the question', { ...fields, rcode })
      } catch (error) {
        logger.error('Recursor failed', { ...fields, error: errorMessage(error) })
      } finally {
        this.#exchanges--
      }
    }
    return undefined
  }

  async #withDeadline<T>(timeoutMs: number, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController()
    const timer = this.ports.clock.schedule(timeoutMs, () => controller.abort(new Error(`no reply in ${timeoutMs} ms`)))
    const onStop = () => controller.abort(this.ports.signal.reason)
    this.ports.signal.addEventListener('abort', onStop, { once: true })
    try {
      return await run(controller.signal)
    } finally {
      timer.cancel()
      this.ports.signal.removeEventListener('abort', onStop)
    }
  }
}

type Exchange = (
  request: Buffer,
  to: HostPort,
  accepts: (reply: Buffer) => boolean,
  signal: AbortSignal,
) => Promise<Buffer>

/** A socket, and so a port, of its own for each question, as protection against forged replies (RFC 5452). */
const exchangeUdp: Exchange = async (request, to, accepts, signal) => {
  await using bound = await bindUdp({ host: isIPv6(to.host) ? '::' : '0.0.0.0' })
  const { socket } = bound
  const reply = new Promise<Buffer>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    socket.on('error', reject)
    // A reply that does not fit may be a late or a forged one: the real one can still come.
    socket.on('message', (bytes) => accepts(bytes) && resolve(bytes))
  })
  reply.catch(() => {})
  if (signal.aborted) throw signal.reason
  // Connected: a closed port is reported at once, and packets from elsewhere never reach us.
  await new Promise<void>((connected, failed) => {
    socket.connect(to.port, to.host, ((error?: Error) => (error ? failed(error) : connected())) as () => void)
  })
  await new Promise<void>((sent, failed) => socket.send(request, (error) => (error ? failed(error) : sent())))
  return await reply
}

const exchangeTcp: Exchange = (request, to, accepts, signal) =>
  new Promise((resolve, reject) => {
    const socket = connect(to.port, to.host)
    let received = Buffer.alloc(0)
    const finish = (error: unknown, reply?: Buffer) => {
      socket.destroy()
      if (reply) resolve(reply)
      else reject(error)
    }
    signal.addEventListener('abort', () => finish(signal.reason), { once: true })
    socket.on('error', finish)
    socket.on('close', () => finish(new Error('the connection was closed before the reply')))
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return
      const reply = Buffer.from(received.subarray(2, 2 + received.readUInt16BE(0)))
      if (accepts(reply)) finish(undefined, reply)
      else finish(new Error('the reply is for another question'))
    })
    const frame = Buffer.alloc(2 + Math.min(request.length, MESSAGE_BYTES_MAX))
    frame.writeUInt16BE(frame.length - 2, 0)
    request.copy(frame, 2)
    socket.write(frame)
  })
