/** Makes a FileStorage's disk slow, full or broken; pass it as its option `faults`. Cells: see disk-files.ts. */
export class DiskFaults {
  readonly cells = new Int32Array(new SharedArrayBuffer(12))

  constructor() {
    this.cells[1] = -1
  }

  /** Each flush takes this much longer, in milliseconds. */
  delayFlushes(milliseconds: number): void {
    Atomics.store(this.cells, 0, milliseconds)
  }

  /** Only so many bytes fit any more; undefined: no limit. */
  limitSpace(bytes: number | undefined): void {
    Atomics.store(this.cells, 1, bytes ?? -1)
  }

  /** Every flush fails with EIO. */
  failFlushes(): void {
    Atomics.store(this.cells, 2, 1)
  }
}
