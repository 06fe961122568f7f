/** Decides whether a service answer can be kept as blocks to shuffle, and cuts it into them. Pure. */
import type { AnswerUnit } from './service-records'
import {
  type FitLimits,
  HALVING_EXCESS_BYTES,
  UDP_BYTES_DEFAULT,
  UDP_HEADROOM_BYTES,
  udpAnswersMax,
  udpBytesMax,
} from './fit-response'
import type { CutRule, ShuffleParts } from './packet-template'
import { FLAG, POINTER_OFFSET_MAX, TYPE } from './wire/constants'
import { messageLength, recordLength } from './wire/message-length'
import { labelStarts } from './wire/names'
import { type DnsRecord, isAddressRecord, type Question } from './wire/records'
import { MessageWriter } from './wire/write-message'

/**
 * The counted length of additional records that repeat a suffix depends a little on the order. Answers that come nearer to a
 * limit than this are not kept, but fitted one by one.
 */
const LENGTH_DOUBT_BYTES = 128
/** Over TCP, larger answers are fitted one by one. */
const KEPT_TCP_BYTES_MAX = 60_000
const KEPT_TCP_UNITS_MAX = 1_024

export interface ShuffleInput {
  readonly question: Question
  readonly units: readonly AnswerUnit[]
  /** Records after the units. */
  readonly tail: readonly DnsRecord[]
  /** Flags of the reply without TC. */
  readonly flags: number
  readonly limits: FitLimits
  readonly enableTruncate: boolean
}

/** Undefined when the order changes more than the places of the records. */
export function shuffleParts(input: ShuffleInput): ShuffleParts | undefined {
  const { question, units, tail, limits } = input
  if (units.length === 0 || !units.every(isPlain)) return undefined
  const sections = {
    question,
    answers: units.flatMap((unit) => unit.answers),
    authority: [],
    additional: [...units.flatMap((unit) => unit.additional), ...tail],
  }
  const fullLength = messageLength(sections, { compress: limits.compress })
  const cut = planCut(input, fullLength)
  if (cut === 'unclear') return undefined
  const writer = new MessageWriter(limits.compress)
  writer.header({ id: 0, flags: 0, ...sections, answers: [], additional: [] })
  writer.question({ id: 0, flags: 0, ...sections })
  writer.freezeNames()
  const headBytes = writer.length
  const parts = writeUnits(writer, units, limits.compress && fullLength + LENGTH_DOUBT_BYTES < POINTER_OFFSET_MAX)
  const poolEnd = writer.length
  for (const record of tail) writer.record(record)
  // Some names may be written longer than they were counted: then the answer would not fit where Consul's does.
  if (!cut && writer.length > bytesAllowed(limits) && units.length > 1) return undefined
  const { addressEnd, ...blocks } = parts
  const rebase = (offsets: Int32Array) => offsets.map((offset) => offset - headBytes)
  return {
    ...blocks,
    answerStart: rebase(blocks.answerStart),
    additionalStart: rebase(blocks.additionalStart),
    additionalEnd: rebase(blocks.additionalEnd),
    pointers: blocks.pointers.map((offsets) => offsets.map((offset) => offset - headBytes)),
    head: Uint8Array.from(writer.bytes.subarray(0, headBytes)),
    pool: Uint8Array.from(writer.bytes.subarray(headBytes, poolEnd)),
    tail: Uint8Array.from(writer.bytes.subarray(poolEnd, writer.length)),
    tailCount: tail.length,
    flags: input.flags,
    cutFlags: input.enableTruncate ? FLAG.TC : 0,
    cut: cut && { ...cut, addressEnd: rebase(addressEnd) },
  }
}

/** One address or SRV record, and for SRV the target's address before anything else. */
function isPlain({ answers, additional }: AnswerUnit): boolean {
  const [answer] = answers
  if (answers.length !== 1 || !answer) return false
  if (isAddressRecord(answer)) return additional.length === 0
  const [first] = additional
  return (
    answer.type === TYPE.SRV &&
    first !== undefined &&
    isAddressRecord(first) &&
    first.name === answer.target &&
    additional.every((record) => record.type !== TYPE.CNAME)
  )
}

const bytesAllowed = (limits: FitLimits) =>
  limits.transport === 'tcp' ? KEPT_TCP_BYTES_MAX : udpBytesMax(limits.ednsSize) - UDP_HEADROOM_BYTES

type CutPlan = Omit<CutRule, 'addressEnd'>

/** Undefined: everything fits. */
function planCut(input: ShuffleInput, fullLength: number): CutPlan | 'unclear' | undefined {
  const { units, limits, question } = input
  if (limits.transport === 'tcp') {
    return units.length > KEPT_TCP_UNITS_MAX || fullLength > KEPT_TCP_BYTES_MAX ? 'unclear' : undefined
  }
  const sizeMax = udpBytesMax(limits.ednsSize)
  const bytesMax = sizeMax - UDP_HEADROOM_BYTES
  const answersMax = udpAnswersMax(limits.udpAnswerLimit)
  const isOverLimit = sizeMax === UDP_BYTES_DEFAULT && units.length > answersMax
  const isVague = units.some((unit) => unit.additional.length > 1)
  const isNear = (length: number) => isVague && Math.abs(length - fullLength) < LENGTH_DOUBT_BYTES
  if (!isOverLimit) {
    if (units.length === 1) return undefined
    if (isNear(bytesMax) || isNear(sizeMax + HALVING_EXCESS_BYTES)) return 'unclear'
    if (fullLength <= bytesMax) return undefined
  }
  if (sizeMax >= POINTER_OFFSET_MAX || answersMax === 0) return 'unclear'
  const halves = fullLength - sizeMax > HALVING_EXCESS_BYTES
  const unitsMax = isOverLimit ? answersMax : halves ? units.length : units.length - 1
  const plan = countLengths(question, units, limits.compress && !isOverLimit)
  const isFirstSure = units.every(
    (_, unit) =>
      plan.headLength + (plan.answerLength[unit] as number) + (plan.addressLength[unit] as number) <= bytesMax,
  )
  return isFirstSure ? { unitsMax, bytesMax, ...plan } : 'unclear'
}

/** Lengths add up: each answer counts alone, and its target's address points at it. */
function countLengths(question: Question, units: readonly AnswerUnit[], compress: boolean) {
  const headLength = messageLength({ question, answers: [], authority: [], additional: [] }, { compress: false })
  const suffixes = labelStarts(question.name).map((start) => question.name.slice(start))
  const answerLength = new Int32Array(units.length)
  const addressLength = new Int32Array(units.length)
  units.forEach(({ answers, additional }, unit) => {
    const seen = compress ? new Set(suffixes) : undefined
    answerLength[unit] = recordLength(answers[0] as DnsRecord, headLength, seen)
    addressLength[unit] = additional[0] ? recordLength(additional[0], headLength, seen) : 0
  })
  return { headLength, answerLength, addressLength }
}

/** Bytes of an SRV record's fixed fields before its target: type to RDLENGTH, then priority, weight and port. */
const SRV_FIXED_BYTES = 16

function writeUnits(writer: MessageWriter, units: readonly AnswerUnit[], canPoint: boolean) {
  const table = () => new Int32Array(units.length)
  const answerStart = table()
  const additionalStart = table()
  const additionalEnd = table()
  const additionalCount = table()
  const addressEnd = table()
  const targetOffset = table()
  const targetId = table()
  const pointers: number[][] = []
  const targets = new Map<string, number>()
  units.forEach(({ answers, additional }, unit) => {
    const answer = answers[0] as DnsRecord
    answerStart[unit] = writer.length
    writer.name(answer.name, true)
    targetOffset[unit] = writer.length + SRV_FIXED_BYTES - (answerStart[unit] as number)
    writer.recordBody(answer)
    additionalStart[unit] = addressEnd[unit] = writer.length
    additionalCount[unit] = additional.length
    const target = answer.type === TYPE.SRV ? answer.target : undefined
    const key = target?.toLowerCase() ?? `#${unit}`
    if (!targets.has(key)) targets.set(key, targets.size)
    targetId[unit] = targets.get(key) as number
    const own: number[] = []
    additional.forEach((record, index) => {
      if (canPoint && record.name === target) {
        own.push(writer.length)
        writer.u16(0)
        writer.recordBody(record)
      } else writer.record(record)
      if (index === 0) addressEnd[unit] = writer.length
    })
    pointers.push(own)
    additionalEnd[unit] = writer.length
  })
  return { answerStart, additionalStart, additionalEnd, additionalCount, addressEnd, targetOffset, targetId, pointers }
}
