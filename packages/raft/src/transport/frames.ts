/** Length-prefixed frames on a byte stream: 4 bytes of length, little-endian, then the frame. */
import { MalformedMessageError } from '../errors'

const LENGTH_BYTES = 4

export function encodeFrame(body: Uint8Array): Uint8Array {
  const frame = Buffer.allocUnsafe(LENGTH_BYTES + body.length)
  frame.writeUInt32LE(body.length)
  frame.set(body, LENGTH_BYTES)
  return frame
}

/** Cuts a stream of pieces into frames, whose memory is their own. Throws RAFT_MALFORMED_MESSAGE on a too long one. */
export class FrameReader {
  readonly #bytesMax: number
  readonly #length = Buffer.alloc(LENGTH_BYTES)
  #lengthFilled = 0
  #body: Uint8Array | undefined
  #filled = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  *push(piece: Uint8Array): Generator<Uint8Array> {
    let at = 0
    while (at < piece.length || this.#isComplete) {
      if (!this.#body) {
        const take = Math.min(LENGTH_BYTES - this.#lengthFilled, piece.length - at)
        this.#length.set(piece.subarray(at, at + take), this.#lengthFilled)
        this.#lengthFilled += take
        at += take
        if (this.#lengthFilled < LENGTH_BYTES) return
        const length = this.#length.readUInt32LE()
        if (length > this.#bytesMax) throw new MalformedMessageError(`frame of ${length} bytes`)
        this.#body = new Uint8Array(length)
        this.#filled = 0
      }
      const take = Math.min(this.#body.length - this.#filled, piece.length - at)
      this.#body.set(piece.subarray(at, at + take), this.#filled)
      this.#filled += take
      at += take
      if (!this.#isComplete) return
      const body = this.#body
      this.#body = undefined
      this.#lengthFilled = 0
      yield body
    }
  }

  get #isComplete(): boolean {
    return this.#body !== undefined && this.#filled === this.#body.length
  }
}
