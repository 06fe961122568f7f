/** What two questions must have in common to get the same answer: the cache's key. Pure. */
import { HEADER_BYTES, TYPE } from './wire/constants'

/** Where the part of a plain query ends that decides the answer, or -1 for queries that need a closer look. */
export function plainQueryEnd(packet: Buffer): number {
  const length = packet.length
  // A question, no other records but perhaps one additional, and QR and opcode 0.
  if (
    length < HEADER_BYTES + 5 ||
    ((packet[2] as number) & 0xf8) !== 0 ||
    packet[4] !== 0 ||
    packet[5] !== 1 ||
    packet[6] !== 0 ||
    packet[7] !== 0 ||
    packet[8] !== 0 ||
    packet[9] !== 0 ||
    packet[10] !== 0 ||
    (packet[11] as number) > 1
  ) {
    return -1
  }
  let at = HEADER_BYTES
  for (;;) {
    const label = packet[at] as number
    if (label === 0) break
    if (label > 63) return -1
    at += label + 1
    if (at >= length) return -1
  }
  at += 5
  if (at > length || at > HEADER_BYTES + 255 + 4) return -1
  if (packet[11] === 0) return at
  // An OPT record for the root name without options. Its size counts, its flags do not.
  const isPlainOpt =
    length >= at + 11 &&
    packet[at] === 0 &&
    packet[at + 1] === 0 &&
    packet[at + 2] === TYPE.OPT &&
    packet[at + 9] === 0 &&
    packet[at + 10] === 0
  return isPlainOpt ? at + 5 : -1
}

const OPT_PREFIX = String.fromCharCode(0, 0, TYPE.OPT)

/** The key of a query whose question is plain; it equals the bytes up to {@link plainQueryEnd} when there is no subnet. */
export function questionKey(
  questionBytes: string,
  ednsSize: number | undefined,
  subnetOption: Uint8Array | undefined,
  transport: 'udp' | 'tcp',
): string {
  const opt = ednsSize === undefined ? '' : OPT_PREFIX + String.fromCharCode(ednsSize >> 8, ednsSize & 0xff)
  const subnet = subnetOption ? Buffer.from(subnetOption).toString('latin1') : ''
  return transportPrefix(transport) + questionBytes + opt + subnet
}

/** A question begins with a label's length, at most 63, so that "t" (116) cannot be confused with one. */
export const transportPrefix = (transport: 'udp' | 'tcp') => (transport === 'tcp' ? 't' : '')
