import { errorAt } from './hcl-error'

/** The text of `bytes`; refuses what is not UTF-8 and says where. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return decoder(true).decode(bytes)
  } catch {
    const before = decoder(false).decode(bytes.subarray(0, validLength(bytes)), { stream: true })
    const lines = before.split('\n')
    const column = [...(lines.at(-1) as string)].length + 1
    throw errorAt('HCL_SYNTAX', { line: lines.length, column }, 'illegal UTF-8 encoding')
  }
}

const decoder = (fatal: boolean) => new TextDecoder('utf-8', { fatal, ignoreBOM: true })

/** How many bytes from the start are whole characters: the longest prefix that decodes, found by halving. */
function validLength(bytes: Uint8Array): number {
  let low = 0
  let high = bytes.length
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (isCleanPrefix(bytes.subarray(0, middle))) low = middle
    else high = middle - 1
  }
  return low
}

/** True when nothing in it is broken; a character cut off at its end is not. */
function isCleanPrefix(bytes: Uint8Array): boolean {
  try {
    decoder(true).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}
