/** Bounds what is sent to one peer and not yet answered. Holds the last index of each append on its way. */
export class InflightWindow {
  #lastIndexes: number[] = []

  constructor(readonly limit: number) {}

  get isFull(): boolean {
    return this.#lastIndexes.length >= this.limit
  }

  add(lastIndex: number): void {
    this.#lastIndexes.push(lastIndex)
  }

  /** An answer up to `index` also answers everything sent before. */
  release(index: number): void {
    let count = 0
    while (count < this.#lastIndexes.length && (this.#lastIndexes[count] as number) <= index) count++
    if (count > 0) this.#lastIndexes.splice(0, count)
  }

  clear(): void {
    this.#lastIndexes = []
  }
}
