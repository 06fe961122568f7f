import { SdError } from '@sd/runtime'

/** A place in a text. Both count from 1; columns are characters (code points), not bytes. */
export interface Position {
  readonly line: number
  readonly column: number
}

export const positionText = (position: Position | undefined): string =>
  position === undefined ? '-' : `${position.line}:${position.column}`

/**
 * A text that can not be read.
 * `HCL_SYNTAX`: not HCL or JSON. `HCL_VALUE`: well-formed, but its parts contradict each other or do not fit.
 */
export type HclErrorCode = 'HCL_SYNTAX' | 'HCL_VALUE'

/** The message is the one Consul prints: HCL's names its line and column, JSON's does not; `line` and `column` always do. */
export class HclError extends SdError<HclErrorCode> {
  /** Undefined where HCL itself keeps no position: values inside of JSON that is read as HCL. */
  readonly line: number | undefined
  readonly column: number | undefined

  constructor(code: HclErrorCode, message: string, position: Position | undefined) {
    super(code, message, { details: { line: position?.line, column: position?.column } })
    this.line = position?.line
    this.column = position?.column
  }
}

export const errorAt = (code: HclErrorCode, position: Position | undefined, reason: string): HclError =>
  new HclError(code, `At ${positionText(position)}: ${reason}`, position)

/**
 * How deep blocks, objects, lists and labels may nest. Far beyond any configuration; raising it costs stack.
 */
export const NESTING_MAX = 500

export const tooDeep = (position: Position | undefined): HclError =>
  errorAt('HCL_SYNTAX', position, `nested deeper than ${NESTING_MAX} levels`)
