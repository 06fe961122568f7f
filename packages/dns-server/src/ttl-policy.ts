/** Seconds to live of service answers. */

export class TtlPolicy {
  readonly #exact = new Map<string, number>()
  /** Longest prefix first. */
  readonly #prefixes: (readonly [prefix: string, ttlMs: number])[]

  /** Keys are service names, or prefixes followed by `*`. */
  constructor(serviceTtlMs: Readonly<Record<string, number>>) {
    const prefixes: [string, number][] = []
    for (const [key, ttlMs] of Object.entries(serviceTtlMs)) {
      if (key.endsWith('*')) prefixes.push([key.slice(0, -1), ttlMs])
      else this.#exact.set(key, ttlMs)
    }
    this.#prefixes = prefixes.sort((a, b) => b[0].length - a[0].length)
  }

  /** The hint wins, then the exact name, then the longest prefix, then 0. */
  serviceSeconds(service: string, hintMs?: number): number {
    const ttlMs =
      hintMs ?? this.#exact.get(service) ?? this.#prefixes.find(([prefix]) => service.startsWith(prefix))?.[1] ?? 0
    return toSeconds(ttlMs)
  }
}

/** Whole seconds, rounded down; at most what the field takes (RFC 2181 section 8). */
export const toSeconds = (ttlMs: number): number => Math.min(Math.max(0, Math.floor(ttlMs / 1_000)), 0x7fff_ffff)
