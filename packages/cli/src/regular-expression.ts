import { CommandFailure } from './command'

/** Compiles a regular expression of the command line; its failure is the command's. */
export function compile(what: string, text: string): RegExp {
  try {
    return new RegExp(text, 'u')
  } catch (error) {
    throw new CommandFailure(`${what}: error parsing regexp: ${(error as Error).message}`)
  }
}
