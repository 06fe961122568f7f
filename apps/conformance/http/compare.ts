/** What differs between the two sides of a scenario. */
import type { Difference, Normalised } from './exchange'

export function compare(real: readonly Normalised[], ours: readonly Normalised[]): Difference[] {
  const differences: Difference[] = []
  if (real.length !== ours.length) {
    differences.push({ request: '(all)', where: 'count', real: String(real.length), ours: String(ours.length) })
  }
  for (const [i, left] of real.entries()) {
    const right = ours[i]
    if (right !== undefined) differences.push(...compareOne(left, right))
  }
  return differences
}

function compareOne(real: Normalised, ours: Normalised): Difference[] {
  const differences: Difference[] = []
  const add = (where: string, a: string, b: string) => {
    if (a !== b) differences.push({ request: real.label, where, real: a, ours: b })
  }
  add('request', real.label, ours.label)
  add('status', real.status, ours.status)
  for (const name of [...new Set([...Object.keys(real.headers), ...Object.keys(ours.headers)])].sort()) {
    add(`header ${name}`, real.headers[name] ?? '(absent)', ours.headers[name] ?? '(absent)')
  }
  const [left, right] = aroundTheChange(real.body, ours.body)
  add('body', left, right)
  return differences
}

/** Characters kept on both sides of where two long bodies part. */
const KEPT = 70

/** The part of both bodies where they part, so that a message stays readable. */
function aroundTheChange(a: string, b: string): [string, string] {
  if (a === b) return ['', '']
  let start = 0
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start += 1
  const from = Math.max(0, start - KEPT)
  const cut = (text: string) =>
    (from > 0 ? '…' : '') + text.slice(from, start + KEPT) + (text.length > start + KEPT ? '…' : '')
  return [cut(a), cut(b)]
}

export const describeDifference = ({ request, where, real, ours }: Difference): string =>
  `${request}: ${where}\n  Consul ${real}\n  ours   ${ours}`
