/** An encoded answer that is sent again with the id, the client's flags and a new order of its records patched in. */
import type { Random } from '@sd/runtime'
import { FLAG } from './wire/constants'

/** Flags of a question that its answer repeats. */
export const REPEATED_FLAGS = FLAG.RD | FLAG.CD

/** Rough cost of a template's objects beside its bytes. */
const OVERHEAD_BYTES = 400
const UNIT_OVERHEAD_BYTES = 32

export interface PacketTemplate {
  /** Memory that keeping it costs. */
  readonly cost: number
  /** A packet for one client. `flags` are the question's. */
  render(id: number, flags: number, random: Random, nowMs: () => number): Buffer
}

/** An answer whose records have one order, such as a node's address or NXDOMAIN. */
export class FixedTemplate implements PacketTemplate {
  readonly cost: number
  readonly #packet: Buffer
  readonly #flags: number
  readonly #serialOffsets: readonly number[]

  /** `serialOffsets`: where the present second is written (serials of SOA records). */
  constructor(packet: Buffer, serialOffsets: readonly number[]) {
    this.#packet = Buffer.from(packet)
    this.#flags = packet.readUInt16BE(2) & ~REPEATED_FLAGS
    this.#serialOffsets = serialOffsets
    this.cost = packet.length + OVERHEAD_BYTES
  }

  render(id: number, flags: number, _random: Random, nowMs: () => number): Buffer {
    const packet = Buffer.from(this.#packet)
    writeHeader(packet, id, this.#flags | (flags & REPEATED_FLAGS))
    for (const offset of this.#serialOffsets) packet.writeUInt32BE(Math.floor(nowMs() / 1_000) >>> 0, offset)
    return packet
  }
}

/** Blocks of bytes that may stand in any order: per instance one answer record, then its additional records. */
export interface ShuffleParts {
  /** Header and question. */
  readonly head: Uint8Array
  /** All blocks, one after another. */
  readonly pool: Uint8Array
  /** Per unit: where its answer begins, where its additional records begin, and where they end. */
  readonly answerStart: Int32Array
  readonly additionalStart: Int32Array
  readonly additionalEnd: Int32Array
  /** Per unit: additional records in it. */
  readonly additionalCount: Int32Array
  /** Per unit: distance from the answer's begin to its SRV target, to which pointers in the additional records refer. */
  readonly targetOffset: Int32Array
  /** Per unit: a number that units with the same SRV target share. */
  readonly targetId: Int32Array
  /** Per unit: where in the pool its pointers to the target are. */
  readonly pointers: readonly (readonly number[])[]
  /** Records after all units, such as OPT. */
  readonly tail: Uint8Array
  readonly tailCount: number
  /** Flags of the reply. */
  readonly flags: number
  /** Flags that are added when answers are missing. */
  readonly cutFlags: number
  /** Undefined: all units are sent. */
  readonly cut: CutRule | undefined
}

/** How many units go into one reply; those that do lose all additional records but the target's address, and the tail. */
export interface CutRule {
  readonly unitsMax: number
  readonly bytesMax: number
  /** Bytes of header and question, as counted against `bytesMax`. */
  readonly headLength: number
  /** Per unit, as counted: its answer, and its target's address. */
  readonly answerLength: Int32Array
  readonly addressLength: Int32Array
  /** Where the address record ends: all that a cut reply keeps of the additional records. */
  readonly addressEnd: Int32Array
}

/** An answer whose records are shuffled for each client. */
export class ShuffleTemplate implements PacketTemplate {
  readonly cost: number
  readonly #parts: ShuffleParts
  readonly #order: Int32Array
  /** Per target: where it was written in the current packet, valid when `#seenIn` says so. */
  readonly #writtenAt: Int32Array
  readonly #seenIn: Float64Array
  readonly #bytesMax: number
  #packetCount = 0

  constructor(parts: ShuffleParts) {
    const units = parts.answerStart.length
    this.#parts = parts
    this.#order = Int32Array.from({ length: units }, (_, index) => index)
    this.#writtenAt = new Int32Array(units)
    this.#seenIn = new Float64Array(units)
    this.#bytesMax = largestPacket(parts)
    this.cost =
      OVERHEAD_BYTES + parts.head.length + parts.tail.length + parts.pool.length + units * (UNIT_OVERHEAD_BYTES + 40)
  }

  render(id: number, flags: number, random: Random): Buffer {
    const { head, pool, answerStart, additionalStart, targetId, targetOffset, cut } = this.#parts
    const order = this.#order
    const units = order.length
    const packet = Buffer.allocUnsafe(this.#bytesMax)
    const serial = ++this.#packetCount
    let at = copyBytes(head, 0, head.length, packet, 0)
    const most = cut ? cut.unitsMax : units
    let counted = cut ? cut.headLength : 0
    let chosen = 0
    while (chosen < most) {
      const pick = chosen + Math.floor(random.next() * (units - chosen))
      const unit = order[pick] as number
      order[pick] = order[chosen] as number
      order[chosen] = unit
      const target = targetId[unit] as number
      const isNewTarget = this.#seenIn[target] !== serial
      if (cut) {
        counted += (cut.answerLength[unit] as number) + (isNewTarget ? (cut.addressLength[unit] as number) : 0)
        if (counted > cut.bytesMax) break
      }
      if (isNewTarget) {
        this.#seenIn[target] = serial
        this.#writtenAt[target] = at + (targetOffset[unit] as number)
      }
      at = copyBytes(pool, answerStart[unit] as number, additionalStart[unit] as number, packet, at)
      chosen++
    }
    const additional = cut ? this.#writeAddresses(packet, at, chosen, cut) : this.#writeAdditional(packet, at)
    const cutFlags = chosen < units ? this.#parts.cutFlags : 0
    writeHeader(packet, id, this.#parts.flags | cutFlags | (flags & REPEATED_FLAGS))
    packet[6] = chosen >> 8
    packet[7] = chosen & 0xff
    packet[10] = additional.count >> 8
    packet[11] = additional.count & 0xff
    return additional.end === packet.length ? packet : packet.subarray(0, additional.end)
  }

  /** Every additional record of every unit, then the tail. */
  #writeAdditional(packet: Buffer, start: number): { end: number; count: number } {
    const { pool, additionalStart, additionalEnd, additionalCount, tail, tailCount } = this.#parts
    let at = start
    let count = tailCount
    for (const unit of this.#order) {
      const from = additionalStart[unit] as number
      const to = additionalEnd[unit] as number
      if (from === to) continue
      const begin = at
      at = copyBytes(pool, from, to, packet, at)
      count += additionalCount[unit] as number
      this.#patchPointers(packet, unit, begin - from, at)
    }
    return { end: copyBytes(tail, 0, tail.length, packet, at), count }
  }

  /** One address for each target among the first `chosen` units. */
  #writeAddresses(packet: Buffer, start: number, chosen: number, cut: CutRule): { end: number; count: number } {
    const { pool, additionalStart, targetId } = this.#parts
    let at = start
    let count = 0
    for (let index = 0; index < chosen; index++) {
      const unit = this.#order[index] as number
      const target = targetId[unit] as number
      const from = additionalStart[unit] as number
      const to = cut.addressEnd[unit] as number
      // A target is done once: its mark turns negative.
      if (from === to || this.#seenIn[target] !== this.#packetCount) continue
      this.#seenIn[target] = -this.#packetCount
      const begin = at
      at = copyBytes(pool, from, to, packet, at)
      count++
      this.#patchPointers(packet, unit, begin - from, at)
    }
    return { end: at, count }
  }

  #patchPointers(packet: Buffer, unit: number, shift: number, end: number): void {
    const offset = 0xc000 | (this.#writtenAt[this.#parts.targetId[unit] as number] as number)
    for (const pointer of this.#parts.pointers[unit] as readonly number[]) {
      const at = pointer + shift
      if (at >= end) return
      packet[at] = offset >> 8
      packet[at + 1] = offset & 0xff
    }
  }
}

/** An upper bound, exact when all units are alike. */
function largestPacket({ head, pool, tail, cut, answerStart, additionalStart }: ShuffleParts): number {
  if (!cut) return head.length + pool.length + tail.length
  let unitMax = 0
  for (let unit = 0; unit < answerStart.length; unit++) {
    const answer = (additionalStart[unit] as number) - (answerStart[unit] as number)
    const address = (cut.addressEnd[unit] as number) - (additionalStart[unit] as number)
    unitMax = Math.max(unitMax, answer + address)
  }
  return Math.min(head.length + cut.unitsMax * unitMax, head.length + pool.length)
}

/** For the few dozen bytes of a record, a loop is faster than a call into the runtime. */
function copyBytes(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): number {
  for (let index = start; index < end; index++) to[at++] = from[index] as number
  return at
}

function writeHeader(packet: Buffer, id: number, flags: number): void {
  packet[0] = id >> 8
  packet[1] = id & 0xff
  packet[2] = flags >> 8
  packet[3] = flags & 0xff
}
