/** Writes msgpack in the dialect of Consul's RPC: strings and bytes are both "raw" of the old specification. */

const INITIAL_BYTES = 256

export class MsgpackWriter {
  #buffer = Buffer.allocUnsafe(INITIAL_BYTES)
  #length = 0

  /** What was written so far, as a copy of its own; the writer starts anew. */
  take(): Buffer {
    const result = Buffer.from(this.#buffer.subarray(0, this.#length))
    this.#length = 0
    return result
  }

  byte(value: number): void {
    this.#room(1)
    this.#buffer[this.#length++] = value
  }

  /** Bytes that are msgpack already. */
  raw(encoded: Uint8Array): void {
    this.#room(encoded.length)
    this.#buffer.set(encoded, this.#length)
    this.#length += encoded.length
  }

  nil(): void {
    this.byte(0xc0)
  }

  boolean(value: boolean): void {
    this.byte(value ? 0xc3 : 0xc2)
  }

  mapHeader(size: number): void {
    this.#header(size, 0x80, 15, 0xde, 0xdf)
  }

  listHeader(size: number): void {
    this.#header(size, 0x90, 15, 0xdc, 0xdd)
  }

  string(value: string): void {
    const size = Buffer.byteLength(value)
    this.#rawHeader(size)
    this.#room(size)
    if (size < 24 && size === value.length) {
      for (let i = 0; i < size; i++) this.#buffer[this.#length + i] = value.charCodeAt(i)
    } else {
      this.#buffer.write(value, this.#length)
    }
    this.#length += size
  }

  bytes(value: Uint8Array): void {
    this.#rawHeader(value.length)
    this.raw(value)
  }

  /** A whole number, in the shortest form. */
  integer(value: number | bigint): void {
    if (typeof value === 'bigint' || !Number.isSafeInteger(value)) return this.#long(BigInt(value))
    if (value >= 0) {
      if (value < 0x80) return this.byte(value)
      if (value <= 0xff) return this.#fixed(0xcc, 1, value)
      if (value <= 0xffff) return this.#fixed(0xcd, 2, value)
      if (value <= 0xffffffff) return this.#fixed(0xce, 4, value)
    } else {
      if (value >= -0x20) return this.byte(value & 0xff)
      if (value >= -0x80) return this.#fixed(0xd0, 1, value & 0xff)
      if (value >= -0x8000) return this.#fixed(0xd1, 2, value & 0xffff)
      if (value >= -0x80000000) return this.#fixed(0xd2, 4, value >>> 0)
    }
    this.#long(BigInt(value))
  }

  double(value: number): void {
    this.#room(9)
    this.#buffer[this.#length] = 0xcb
    this.#buffer.writeDoubleBE(value, this.#length + 1)
    this.#length += 9
  }

  #long(value: bigint): void {
    this.#room(9)
    this.#buffer[this.#length] = value < 0n ? 0xd3 : 0xcf
    if (value < 0n) this.#buffer.writeBigInt64BE(value, this.#length + 1)
    else this.#buffer.writeBigUInt64BE(value, this.#length + 1)
    this.#length += 9
  }

  #rawHeader(size: number): void {
    this.#header(size, 0xa0, 31, 0xda, 0xdb)
  }

  #header(size: number, fix: number, fixMax: number, code16: number, code32: number): void {
    if (size <= fixMax) this.byte(fix | size)
    else if (size <= 0xffff) this.#fixed(code16, 2, size)
    else this.#fixed(code32, 4, size)
  }

  #fixed(code: number, width: number, value: number): void {
    this.#room(1 + width)
    this.#buffer[this.#length] = code
    this.#buffer.writeUIntBE(value, this.#length + 1, width)
    this.#length += 1 + width
  }

  #room(size: number): void {
    const needed = this.#length + size
    if (needed <= this.#buffer.length) return
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2))
    this.#buffer.copy(grown, 0, 0, this.#length)
    this.#buffer = grown
  }
}
