/** Term and vote, as one line: CRC in hex, then JSON. Replaced as a whole, so it is never half new. */
import type { HardState } from '../core/effects'
import { crc32c } from './crc32c'

export const HARD_STATE_FILE = 'hard-state'

export function encodeHardState(state: HardState): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify({ term: state.term, votedFor: state.votedFor ?? null }))
  const crc = crc32c(json, 0, json.length, 0).toString(16).padStart(8, '0')
  return new Uint8Array(Buffer.concat([Buffer.from(`${crc} `), json, Buffer.from('\n')]))
}

/** Undefined when the bytes are not what `encodeHardState` made. */
export function decodeHardState(bytes: Uint8Array): HardState | undefined {
  const line = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const json = line.subarray(9, -1)
  if (line.at(-1) !== 0x0a || line[8] !== 0x20) return undefined
  if (line.toString('latin1', 0, 8) !== crc32c(json, 0, json.length, 0).toString(16).padStart(8, '0')) return undefined
  const value = JSON.parse(json.toString()) as { term: number; votedFor: string | null }
  return { term: value.term, votedFor: value.votedFor ?? undefined }
}
