/** Majorities (paper section 5.2 and 5.3). */

/** How many of `voters` servers make a majority; none can be had of nobody. */
export const quorumSize = (voters: number): number => Math.floor(voters / 2) + 1

/** The highest value that a majority has reached; 0 for nobody. */
export function quorumValue(values: readonly number[]): number {
  if (values.length === 1) return values[0] as number
  const sorted = [...values].sort((a, b) => b - a)
  return sorted[quorumSize(values.length) - 1] ?? 0
}
