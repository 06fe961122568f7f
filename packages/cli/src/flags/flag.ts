/** What one flag is: how it reads its text and how help shows it. */
import { errorMessage, formatDuration, parseDuration, SdError, goQuote } from '@sd/runtime'
import { type NumberFault, parseGoBoolean, parseGoInteger } from './go-text'

export interface Flag<Value> {
  readonly usage: string
  /** The name of the value in help; empty for booleans. A name in backquotes in `usage` takes its place. */
  readonly placeholder: string
  /** True when the flag takes no next word: `-server`, `-server=false`. */
  readonly isBoolean: boolean
  /** The value when the flag is not given. */
  readonly initial: Value
  /** Shown as "(default ...)"; empty when there is nothing to say. */
  readonly defaultText: string
  /** The value after one more occurrence. Throws {@link FlagValueError}. */
  parse(text: string, previous: Value): Value
}

/** Why a value was refused; the parser wraps it in the sentence that names the flag. */
export class FlagValueError extends SdError<'FLAGS_INVALID_VALUE'> {
  constructor(reason: string) {
    super('FLAGS_INVALID_VALUE', reason)
  }
}

/*
 * Go has two families of flags, and Consul uses both; their help and error texts differ.
 * One with a default is a plain Go flag: `-n=<int>`, "parse error".
 * One without is Consul's optional kind, absent until it is given: `-n=<value>`, "strconv.Atoi: parsing ...".
 */

const refuseNumber = (call: string, text: string, fault: NumberFault, isPlain: boolean): never => {
  if (isPlain) throw new FlagValueError(fault === 'invalid syntax' ? 'parse error' : fault)
  throw new FlagValueError(`strconv.${call}: parsing ${goQuote(text)}: ${fault}`)
}

export function booleanFlag(usage: string): Flag<boolean | undefined>
export function booleanFlag(usage: string, initial: boolean): Flag<boolean>
export function booleanFlag(usage: string, initial?: boolean): Flag<boolean | undefined> {
  return {
    usage,
    placeholder: '',
    isBoolean: true,
    initial,
    defaultText: initial === true ? 'true' : '',
    parse: (text) => parseGoBoolean(text) ?? refuseNumber('ParseBool', text, 'invalid syntax', initial !== undefined),
  }
}

export function stringFlag(usage: string): Flag<string | undefined>
export function stringFlag(usage: string, initial: string): Flag<string>
export function stringFlag(usage: string, initial?: string): Flag<string | undefined> {
  return {
    usage,
    placeholder: initial === undefined ? 'value' : 'string',
    isBoolean: false,
    initial,
    defaultText: initial ? goQuote(initial) : '',
    parse: (text) => text,
  }
}

function numberFlag(usage: string, initial: number | undefined, signed: boolean): Flag<number | undefined> {
  const isPlain = initial !== undefined
  return {
    usage,
    placeholder: isPlain ? (signed ? 'int' : 'uint') : 'value',
    isBoolean: false,
    initial,
    defaultText: initial ? String(initial) : '',
    parse: (text) => {
      // Consul's optional integers are read by Atoi, which knows no prefixes; every other number knows them.
      const read = parseGoInteger(text, { base: signed && !isPlain ? 10 : 0, signed })
      return 'value' in read ? read.value : refuseNumber(signed ? 'Atoi' : 'ParseUint', text, read.fault, isPlain)
    },
  }
}

/** A whole number. */
export function integerFlag(usage: string): Flag<number | undefined>
export function integerFlag(usage: string, initial: number): Flag<number>
export function integerFlag(usage: string, initial?: number): Flag<number | undefined> {
  return numberFlag(usage, initial, true)
}

/** A whole number, not negative. */
export function unsignedFlag(usage: string): Flag<number | undefined>
export function unsignedFlag(usage: string, initial: number): Flag<number>
export function unsignedFlag(usage: string, initial?: number): Flag<number | undefined> {
  return numberFlag(usage, initial, false)
}

/** A Go duration ("1m30s"), in milliseconds. */
export function durationFlag(usage: string): Flag<number | undefined>
export function durationFlag(usage: string, initialMs: number): Flag<number>
export function durationFlag(usage: string, initialMs?: number): Flag<number | undefined> {
  const isPlain = initialMs !== undefined
  return {
    usage,
    placeholder: isPlain ? 'duration' : 'value',
    isBoolean: false,
    initial: initialMs,
    defaultText: initialMs ? formatDuration(initialMs) : '',
    parse: (text) => {
      try {
        return parseDuration(text)
      } catch (error) {
        throw new FlagValueError(isPlain ? 'parse error' : errorMessage(error))
      }
    },
  }
}

/** May be given many times; the values in their order. */
export function listFlag(usage: string): Flag<readonly string[]> {
  return {
    usage,
    placeholder: 'value',
    isBoolean: false,
    initial: [],
    defaultText: '',
    parse: (text, previous) => [...previous, text],
  }
}

/**
 * Key and value, may be given many times; a later value of a key wins.
 * With '=' a word without it is refused; with ':' it is a key with an empty value (the agent's -node-meta).
 */
export function mapFlag(usage: string, options: { separator?: '=' | ':' } = {}): Flag<ReadonlyMap<string, string>> {
  const separator = options.separator ?? '='
  return {
    usage,
    placeholder: 'value',
    isBoolean: false,
    initial: new Map<string, string>(),
    defaultText: '',
    parse: (text, previous) => {
      const at = text.indexOf(separator)
      if (at < 0 && separator === '=') throw new FlagValueError(`Missing "=" value in argument: ${text}`)
      const key = at < 0 ? text : text.slice(0, at)
      return new Map(previous).set(key, at < 0 ? '' : text.slice(at + 1))
    },
  }
}
