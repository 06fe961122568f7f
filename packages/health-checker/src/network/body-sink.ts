import { createGunzip } from 'node:zlib'
import type { OutputBuffer } from '../output-buffer'

/** Writes a body to the output, unpacking it when it is packed; damage ends it without an error. */
export class BodySink {
  readonly #gunzip: ReturnType<typeof createGunzip> | undefined
  readonly #ended: Promise<void>

  constructor(
    private readonly output: OutputBuffer,
    isPacked: boolean,
  ) {
    if (!isPacked) {
      this.#ended = Promise.resolve()
      return
    }
    const gunzip = (this.#gunzip = createGunzip())
    gunzip.on('data', (chunk: Buffer) => this.output.write(chunk))
    this.#ended = new Promise((resolve) => {
      gunzip
        .once('end', () => resolve())
        .once('error', () => resolve())
        .once('close', () => resolve())
    })
  }

  write(chunk: Buffer): void {
    if (this.#gunzip) this.#gunzip.write(chunk)
    else this.output.write(chunk)
  }

  async end(): Promise<void> {
    this.#gunzip?.end()
    await this.#ended
  }
}
