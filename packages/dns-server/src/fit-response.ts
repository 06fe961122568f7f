/** Cuts answers to what the client's transport takes, exactly as Consul counts it. Pure. */
import { TYPE } from './wire/constants'
import { messageLength } from './wire/message-length'
import type { DnsRecord, Question } from './wire/records'

/** Largest UDP message without EDNS (RFC 1035 section 4.2.1). */
export const UDP_BYTES_DEFAULT = 512
/** Largest UDP message at all: what is left of 64 KiB beside the headers. */
const UDP_BYTES_MAX = 65_467
/** No configuration may put more answers than this into a UDP reply of 512 bytes. */
const UDP_ANSWERS_MAX = 8
/** Consul keeps this much of the limit free, for the UDP header. */
export const UDP_HEADROOM_BYTES = 8
const TCP_BYTES_MAX = 65_523
const TCP_ANSWERS_MAX = 4_096
const TCP_SRV_ANSWERS_MAX = 1_024
/** Above this excess, Consul searches the cut by halving, which may also cut everything. */
export const HALVING_EXCESS_BYTES = 100

export interface Sections {
  readonly question: Question
  readonly answers: readonly DnsRecord[]
  readonly authority: readonly DnsRecord[]
  readonly additional: readonly DnsRecord[]
}

export interface Fitted extends Sections {
  /** Answers are missing. */
  readonly isCut: boolean
}

export interface FitLimits {
  readonly transport: 'udp' | 'tcp'
  /** The size in the client's OPT record; undefined without one. */
  readonly ednsSize: number | undefined
  readonly udpAnswerLimit: number
  readonly compress: boolean
}

/** Bytes that a UDP reply may have. */
export const udpBytesMax = (ednsSize: number | undefined): number =>
  Math.min(Math.max(ednsSize ?? 0, UDP_BYTES_DEFAULT), UDP_BYTES_MAX)

export const udpAnswersMax = (udpAnswerLimit: number): number => Math.min(UDP_ANSWERS_MAX, udpAnswerLimit)

export function fitResponse(sections: Sections, limits: FitLimits): Fitted {
  const { transport, ednsSize, udpAnswerLimit } = limits
  if (transport === 'tcp') {
    const answersMax = sections.question.type === TYPE.SRV ? TCP_SRV_ANSWERS_MAX : TCP_ANSWERS_MAX
    const shorter = { ...sections, answers: sections.answers.slice(0, answersMax) }
    const index = indexByName(sections.additional)
    // The first cut, by count, neither touches the additional section nor counts as one.
    return cutToBytes(shorter, shorter.answers, index, TCP_BYTES_MAX, TCP_BYTES_MAX, limits.compress)
  }
  const bytesMax = udpBytesMax(ednsSize)
  const answersMax = udpAnswersMax(udpAnswerLimit)
  const index = indexByName(sections.additional)
  const isOverLimit = bytesMax === UDP_BYTES_DEFAULT && sections.answers.length > answersMax
  const limited = isOverLimit ? keepFirst(sections, sections.answers, answersMax, index) : sections
  const compress = limits.compress && !isOverLimit
  const fitted = cutToBytes(limited, sections.answers, index, bytesMax, bytesMax - UDP_HEADROOM_BYTES, compress)
  return { ...fitted, isCut: fitted.answers.length < sections.answers.length }
}

type NameIndex = ReadonlyMap<string, DnsRecord>

/** The first additional record of each name. */
function indexByName(additional: readonly DnsRecord[]): NameIndex {
  const index = new Map<string, DnsRecord>()
  for (const record of additional) {
    const name = record.name.toLowerCase()
    if (!index.has(name)) index.set(name, record)
  }
  return index
}

/** The first `count` answers, with only those additional records that their SRV targets need. */
function keepFirst(sections: Sections, answers: readonly DnsRecord[], count: number, index: NameIndex): Sections {
  const kept = answers.slice(0, count)
  if (index.size === 0) return { ...sections, answers: kept }
  const additional: DnsRecord[] = []
  const done = new Set<string>()
  for (const answer of kept) {
    if (answer.type !== TYPE.SRV) continue
    let target: string | undefined = answer.target.toLowerCase()
    while (target !== undefined && !done.has(target)) {
      done.add(target)
      const record = index.get(target)
      if (record) additional.push(record)
      target = record?.type === TYPE.CNAME ? record.target.toLowerCase() : undefined
    }
  }
  return { ...sections, answers: kept, additional }
}

/** The largest prefix of the answers within `bytesMax`; at least one, unless the first alone is far too long. */
function cutToBytes(
  sections: Sections,
  answers: readonly DnsRecord[],
  index: NameIndex,
  searchBytesMax: number,
  bytesMax: number,
  compress: boolean,
): Fitted {
  let current = sections
  let isCut = false
  while (current.answers.length > 1) {
    const length = messageLength(current, { compress })
    if (length <= bytesMax) break
    isCut = true
    current = { ...current, authority: [] }
    const excess = messageLength(current, { compress }) - searchBytesMax
    const fits = (count: number) =>
      messageLength(keepFirst(current, answers, count, index), { compress }) <= searchBytesMax
    const count = excess > HALVING_EXCESS_BYTES ? largest(current.answers.length, fits) : current.answers.length - 1
    current = keepFirst(current, answers, count, index)
  }
  return { ...current, isCut }
}

/** The largest count in 0..max for which `fits`, which holds for every smaller count too. */
function largest(max: number, fits: (count: number) => boolean): number {
  let low = 0
  let high = max + 1
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (fits(middle)) low = middle
    else high = middle
  }
  return low
}
