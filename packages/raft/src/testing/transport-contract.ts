import { SeededRandom } from '@sd/runtime/testing'
import type { RaftServer } from '../core/messages'
import type { Transport } from '../ports/transport'
import { type WireMessage, encodeMessage } from '../transport/message-codec'
import { sampleMessage } from './sample-messages'
import type { TestTools } from './storage-contract'

/** Transports that reach each other, not started yet, and how others address them. */
export interface TransportSubject {
  readonly members: readonly { readonly server: RaftServer; readonly transport: Transport }[]
  dispose?(): Promise<void>
}

/** How often a message is sent before a test gives up; transports may lose some. */
const ATTEMPTS_MAX = 500

const bytesOf = (message: WireMessage) => Buffer.from(encodeMessage(message)).toString('hex')

const ping = (term: number): WireMessage => ({ kind: 'snapshotChunkResponse', term, index: 0, nextOffset: 0 })

/** Declares the tests that every transport passes. `makeSubject` makes as many members as it is asked for. */
export function transportContract(
  { test, expect }: TestTools,
  makeSubject: (count: number) => Promise<TransportSubject>,
): void {
  const withMembers = (run: (members: TransportSubject['members']) => Promise<void>) => async () => {
    const subject = await makeSubject(3)
    try {
      await run(subject.members)
    } finally {
      await Promise.all(subject.members.map(({ transport }) => transport.stop()))
      await subject.dispose?.()
    }
  }
  const pick = (members: TransportSubject['members'], index: number) => {
    const member = members[index]
    if (!member) throw new Error('the subject has too few members')
    return member
  }
  /** Sends until `isThere`; the turns of the event loop are what a message needs to travel. */
  const sendUntil = async (send: () => void, isThere: () => boolean) => {
    for (let attempt = 0; !isThere(); attempt++) {
      if (attempt === ATTEMPTS_MAX) throw new Error('the message did not arrive')
      if (attempt % 10 === 0) send()
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }

  test(
    'carries every kind of message whole, with the name of its sender',
    withMembers(async (members) => {
      const [a, b] = [pick(members, 0), pick(members, 1)]
      const received: { from: string; message: WireMessage }[] = []
      await a.transport.start(() => undefined)
      await b.transport.start((from, message) => received.push({ from, message }))
      await sendUntil(
        () => a.transport.send(b.server, ping(0)),
        () => received.length > 0,
      )
      const random = new SeededRandom(1)
      for (let i = 0; i < 50; i++) {
        received.length = 0
        const message = sampleMessage(random)
        await sendUntil(
          () => a.transport.send(b.server, message),
          () => received.some((item) => item.message.kind === message.kind && item.message.term === message.term),
        )
        const found = received.find((item) => item.message.kind === message.kind && item.message.term === message.term)
        expect(found?.from).toEqual(a.server.id)
        expect(found && bytesOf(found.message)).toEqual(bytesOf(message))
      }
    }),
  )

  test(
    'carries messages both ways and between all',
    withMembers(async (members) => {
      const seen = new Set<string>()
      for (const { server, transport } of members) {
        await transport.start((from) => seen.add(`${from} ${server.id}`))
      }
      const sendAll = () => {
        for (const from of members) {
          for (const to of members) if (from !== to) from.transport.send(to.server, ping(1))
        }
      }
      await sendUntil(sendAll, () => seen.size === members.length * (members.length - 1))
      expect(seen.size).toEqual(members.length * (members.length - 1))
    }),
  )

  test(
    'loses what is sent to nobody, and reaches who comes later',
    withMembers(async (members) => {
      const [a, b] = [pick(members, 0), pick(members, 1)]
      await a.transport.start(() => undefined)
      for (let i = 0; i < 10; i++) a.transport.send(b.server, ping(i))
      let received = 0
      await b.transport.start(() => received++)
      await sendUntil(
        () => a.transport.send(b.server, ping(99)),
        () => received > 0,
      )
      expect(received > 0).toEqual(true)
    }),
  )

  test(
    'a stopped transport sends nothing, and may be stopped twice',
    withMembers(async (members) => {
      const [a, b] = [pick(members, 0), pick(members, 1)]
      let received = 0
      await a.transport.start(() => undefined)
      await b.transport.start((_from, message) => {
        if (message.term === 7) received++
      })
      await a.transport.stop()
      await a.transport.stop()
      a.transport.send(b.server, ping(7))
      await new Promise((resolve) => setImmediate(resolve))
      expect(received).toEqual(0)
    }),
  )
}
