/** Go's `reflect.DeepEqual` for model values: null (nil) differs from an empty list or map; the order of map keys is free. */
export function deepEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false
    return a.every((item, i) => deepEqual(item, b[i]))
  }
  const left = a as Record<string, unknown>
  const right = b as Record<string, unknown>
  const keys = Object.keys(left)
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && deepEqual(left[key], right[key]))
  )
}

export function bytesEqual(a: Uint8Array | null, b: Uint8Array | null): boolean {
  const length = a?.length ?? 0
  if (length !== (b?.length ?? 0)) return false
  for (let i = 0; i < length; i++) if ((a as Uint8Array)[i] !== (b as Uint8Array)[i]) return false
  return true
}
