import { decimal, defineFields, json, structPointer, text, type TypeOf } from './fields/field-table'

/** A Vivaldi coordinate; `vec` has 8 dimensions, all figures in seconds. */
export const coordinateFields = defineFields('Coordinate', {
  vec: json('Vec', null),
  error: decimal('Error'),
  adjustment: decimal('Adjustment'),
  height: decimal('Height'),
})
export interface Coordinate extends TypeOf<typeof coordinateFields> {}

export const nodeCoordinateFields = defineFields('Coordinate', {
  node: text('Node'),
  segment: text('Segment'),
  partition: text('Partition', { omitEmpty: true }),
  coord: structPointer('Coord', () => coordinateFields),
})
export interface NodeCoordinate extends TypeOf<typeof nodeCoordinateFields> {}

/** The least round trip that an estimate may have, in seconds. */
const ROUND_TRIP_MIN_SECONDS = 0

/**
 * The estimated round trip between two coordinates, in seconds; Infinity when one is missing or they do not fit together
 * (Vivaldi with height and adjustment; Dabek et al. 2004, section 5.4).
 */
export function roundTripSeconds(a: Coordinate | null, b: Coordinate | null): number {
  const from = a?.vec as readonly number[] | null | undefined
  const to = b?.vec as readonly number[] | null | undefined
  if (!a || !b || !from || !to || from.length !== to.length) return Infinity
  let sum = 0
  for (let i = 0; i < from.length; i++) sum += ((from[i] as number) - (to[i] as number)) ** 2
  const distance = Math.sqrt(sum) + a.height + b.height
  const adjusted = distance + a.adjustment + b.adjustment
  return adjusted > ROUND_TRIP_MIN_SECONDS ? adjusted : distance
}
