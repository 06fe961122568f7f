/** Keeps the last `maxBytes` bytes of what was written, whatever its length. */
export class OutputBuffer {
  #ring: Buffer | undefined
  #totalBytes = 0

  constructor(readonly maxBytes: number) {}

  get totalBytes(): number {
    return this.#totalBytes
  }

  write(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    const ring = (this.#ring ??= Buffer.allocUnsafe(this.maxBytes))
    const kept = chunk.length > this.maxBytes ? chunk.subarray(chunk.length - this.maxBytes) : chunk
    const start = (this.#totalBytes + chunk.length - kept.length) % this.maxBytes
    const untilEnd = Math.min(kept.length, this.maxBytes - start)
    ring.set(kept.subarray(0, untilEnd), start)
    ring.set(kept.subarray(untilEnd), 0)
    this.#totalBytes += chunk.length
  }

  /** Continues with what `other` kept and counted; `other` must not be written any more. */
  take(other: OutputBuffer): void {
    this.#ring = other.#ring
    this.#totalBytes = other.#totalBytes
  }

  bytes(): Buffer {
    if (!this.#ring) return Buffer.alloc(0)
    if (this.#totalBytes <= this.maxBytes) return Buffer.from(this.#ring.subarray(0, this.#totalBytes))
    const start = this.#totalBytes % this.maxBytes
    return Buffer.concat([this.#ring.subarray(start), this.#ring.subarray(0, start)])
  }

  /** The kept bytes as UTF-8. */
  text(): string {
    return this.bytes().toString('utf8')
  }

  /** The kept text, with Consul's note in front when the beginning was dropped. */
  textWithNote(): string {
    if (this.#totalBytes <= this.maxBytes) return this.text()
    return `Captured ${this.maxBytes} of ${this.#totalBytes} bytes\n...\n${this.text()}`
  }
}

/** The first `maxBytes` bytes of a TTL check's output, with Consul's note behind when the end was dropped. */
export function truncateTtlOutput(output: string, maxBytes: number): string {
  const total = Buffer.byteLength(output)
  if (total <= maxBytes) return output
  const kept = Buffer.from(output).subarray(0, maxBytes).toString('utf8')
  return `${kept} ... (captured ${maxBytes} of ${total} bytes)`
}
