import type { Random } from './random'

/** The JavaScript engine's generator. Not for secrets. */
export const systemRandom: Random = { next: () => Math.random() }
