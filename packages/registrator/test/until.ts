/** Polls what real sockets bring about; fails with what it saw last. */
export async function until<T>(look: () => T, isDone: (seen: T) => boolean, withinMs = 8_000): Promise<T> {
  const endMs = performance.now() + withinMs
  for (;;) {
    const seen = look()
    if (isDone(seen)) return seen
    if (performance.now() > endMs) throw new Error(`not within ${withinMs} ms; last seen: ${JSON.stringify(seen)}`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
