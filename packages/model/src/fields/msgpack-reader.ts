/** Reads msgpack of the old and the new specification. Never reads past its end, never trusts a length. */
import { SdError } from '@sd/runtime'

/** Deepest nesting that is followed. */
const DEPTH_MAX = 64

/** Bytes that are not the msgpack that was expected. */
export class MsgpackError extends SdError<'MODEL_MSGPACK'> {
  constructor(reason: string, offset: number) {
    super('MODEL_MSGPACK', `msgpack: ${reason} at byte ${offset}`, { details: { offset } })
  }
}

export type MsgpackValue =
  null | boolean | number | bigint | Uint8Array | readonly MsgpackValue[] | ReadonlyMap<string, MsgpackValue>

export class MsgpackReader {
  readonly #bytes: Buffer
  #offset: number

  constructor(bytes: Uint8Array, offset = 0) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#offset = offset
  }

  /** Where the next value begins. */
  get offset(): number {
    return this.#offset
  }

  get atEnd(): boolean {
    return this.#offset >= this.#bytes.length
  }

  /** True, consuming it, when the next value is nil. */
  takeNil(): boolean {
    if (this.#peek() !== 0xc0) return false
    this.#offset++
    return true
  }

  boolean(): boolean {
    const code = this.#byte()
    if (code === 0xc2) return false
    if (code === 0xc3) return true
    throw this.#unexpected('a boolean', code)
  }

  /** A whole number or a double; a bigint when it is not a safe integer. */
  number(): number | bigint {
    const code = this.#byte()
    if (code < 0x80) return code
    if (code >= 0xe0) return code - 0x100
    switch (code) {
      case 0xcc:
        return this.#unsigned(1)
      case 0xcd:
        return this.#unsigned(2)
      case 0xce:
        return this.#unsigned(4)
      case 0xcf:
        return safe(this.#take(8).readBigUInt64BE())
      case 0xd0:
        return this.#take(1).readInt8()
      case 0xd1:
        return this.#take(2).readInt16BE()
      case 0xd2:
        return this.#take(4).readInt32BE()
      case 0xd3:
        return safe(this.#take(8).readBigInt64BE())
      case 0xca:
        return this.#take(4).readFloatBE()
      case 0xcb:
        return this.#take(8).readDoubleBE()
      default:
        throw this.#unexpected('a number', code)
    }
  }

  /** Raw bytes (a view into the input). */
  bytes(): Buffer {
    const code = this.#byte()
    const size = this.#rawSize(code)
    if (size === undefined) throw this.#unexpected('a string', code)
    return this.#take(size)
  }

  string(): string {
    return this.bytes().toString()
  }

  /** The number of entries that follow. */
  mapHeader(): number {
    const code = this.#byte()
    const size =
      code >> 4 === 8 ? code & 15 : code === 0xde ? this.#unsigned(2) : code === 0xdf ? this.#unsigned(4) : undefined
    if (size === undefined) throw this.#unexpected('a map', code)
    if (size * 2 > this.#bytes.length - this.#offset)
      throw new MsgpackError(`a map of ${size} entries does not fit`, this.#offset)
    return size
  }

  /** The number of items that follow. */
  listHeader(): number {
    const code = this.#byte()
    const size =
      code >> 4 === 9 ? code & 15 : code === 0xdc ? this.#unsigned(2) : code === 0xdd ? this.#unsigned(4) : undefined
    if (size === undefined) throw this.#unexpected('a list', code)
    if (size > this.#bytes.length - this.#offset)
      throw new MsgpackError(`a list of ${size} items does not fit`, this.#offset)
    return size
  }

  /** Whatever comes next; maps have text keys. */
  value(depth = 0): MsgpackValue {
    if (depth > DEPTH_MAX) throw new MsgpackError(`nested deeper than ${DEPTH_MAX}`, this.#offset)
    const code = this.#peek()
    if (code === 0xc0) {
      this.#offset++
      return null
    }
    if (code === 0xc2 || code === 0xc3) return this.boolean()
    if (code >> 4 === 8 || code === 0xde || code === 0xdf) {
      const map = new Map<string, MsgpackValue>()
      for (let left = this.mapHeader(); left > 0; left--) map.set(this.string(), this.value(depth + 1))
      return map
    }
    if (code >> 4 === 9 || code === 0xdc || code === 0xdd) {
      return Array.from({ length: this.listHeader() }, () => this.value(depth + 1))
    }
    if (code >> 5 === 5 || (code >= 0xc4 && code <= 0xc6) || (code >= 0xd9 && code <= 0xdb)) return this.bytes()
    return this.number()
  }

  skip(): void {
    this.value()
  }

  #rawSize(code: number): number | undefined {
    if (code >> 5 === 5) return code & 31
    switch (code) {
      case 0xd9:
      case 0xc4:
        return this.#unsigned(1)
      case 0xda:
      case 0xc5:
        return this.#unsigned(2)
      case 0xdb:
      case 0xc6:
        return this.#unsigned(4)
      default:
        return undefined
    }
  }

  #peek(): number {
    const code = this.#bytes[this.#offset]
    if (code === undefined) throw new MsgpackError('input ends early', this.#offset)
    return code
  }

  #byte(): number {
    const code = this.#peek()
    this.#offset++
    return code
  }

  #unsigned(width: number): number {
    return this.#take(width).readUIntBE(0, width)
  }

  #take(size: number): Buffer {
    const end = this.#offset + size
    if (end > this.#bytes.length) throw new MsgpackError('input ends early', this.#offset)
    const part = this.#bytes.subarray(this.#offset, end)
    this.#offset = end
    return part
  }

  #unexpected(wanted: string, code: number): MsgpackError {
    return new MsgpackError(`expected ${wanted}, found 0x${code.toString(16)}`, this.#offset - 1)
  }
}

const safe = (value: bigint): number | bigint =>
  value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER ? Number(value) : value
