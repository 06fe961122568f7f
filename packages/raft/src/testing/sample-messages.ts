import { type Random, randomInteger } from '@sd/runtime'
import type { WireMessage } from '../transport/message-codec'

/** A message of any kind, drawn from `random`. */
export function sampleMessage(random: Random): WireMessage {
  const number = () => randomInteger(random, 2 ** randomInteger(random, 47))
  const flag = () => random.next() < 0.5
  const data = () => Uint8Array.from({ length: randomInteger(random, 40) }, () => randomInteger(random, 256))
  const term = number()
  switch (randomInteger(random, 6)) {
    case 0:
      return { kind: 'voteRequest', term, preVote: flag(), lastIndex: number(), lastTerm: number() }
    case 1:
      return { kind: 'voteResponse', term, preVote: flag(), granted: flag() }
    case 2: {
      const prevIndex = number()
      const entries = Array.from({ length: randomInteger(random, 5) }, (_, i) => ({
        ...{ index: prevIndex + 1 + i, term: number(), data: data() },
        kind: flag() ? ('command' as const) : ('noop' as const),
      }))
      return {
        kind: 'appendRequest',
        term,
        prevIndex,
        prevTerm: number(),
        commitIndex: number(),
        round: number(),
        entries,
      }
    }
    case 3: {
      const [prevIndex, matchIndex, hintIndex, hintTerm] = [number(), number(), number(), number()]
      const success = flag()
      return { kind: 'appendResponse', term, success, prevIndex, matchIndex, hintIndex, hintTerm, round: number() }
    }
    case 4: {
      const configuration = { voters: [{ id: 'a', address: '127.0.0.1:8300' }] }
      const snapshot = { index: number(), term: number(), configuration, configurationIndex: number() }
      return { kind: 'snapshotChunk', term, snapshot, offset: number(), isLast: flag(), data: data() }
    }
    default:
      return { kind: 'snapshotChunkResponse', term, index: number(), nextOffset: number() }
  }
}
