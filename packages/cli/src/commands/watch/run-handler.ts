/** Runs the program that a watch calls at every change. */
import { spawn } from 'node:child_process'
import { errnoText } from '../../read-data'
import type { CliIo } from '../../io'

export interface HandlerCall {
  /** Words of the command line. */
  readonly words: readonly string[]
  /** Through the shell of the SHELL variable, or directly. */
  readonly usesShell: boolean
  /** Handed over on stdin. */
  readonly input: string
  readonly index: number
}

/** Resolves to why it failed, or undefined. An interrupt is passed on to the program. */
export function runHandler(call: HandlerCall, io: CliIo): Promise<string | undefined> {
  const shell = io.env.SHELL || '/bin/sh'
  const [program, ...args] = call.usesShell ? [shell, '-c', call.words.join(' ')] : call.words
  const env = { ...io.env, CONSUL_INDEX: String(call.index) }
  return new Promise((resolve) => {
    const child = spawn(program as string, args, { env, stdio: ['pipe', 'pipe', 'pipe'] })
    const interrupt = () => child.kill('SIGINT')
    io.signal.addEventListener('abort', interrupt, { once: true })
    const done = (reason: string | undefined) => {
      io.signal.removeEventListener('abort', interrupt)
      resolve(reason)
    }
    child.stdout.pipe(io.stdout, { end: false })
    child.stderr.pipe(io.stderr, { end: false })
    // A program that does not read its input closes the pipe early, which is its right.
    child.stdin.on('error', () => {})
    child.stdin.end(call.input)
    child.on('error', (error) => done(startFault(program as string, error)))
    child.on('close', (code, signal) => {
      if (signal) done(`Error executing handler: signal: ${signal}`)
      else done(code === 0 ? undefined : `Error executing handler: exit status ${code}`)
    })
  })
}

/** In Go's words: a bare name was looked for in PATH, a path was not. */
function startFault(program: string, error: Error): string {
  const text = errnoText(error)
  const reason =
    text === undefined
      ? error.message
      : program.includes('/')
        ? `fork/exec ${program}: ${text}`
        : `exec: ${JSON.stringify(program)}: executable file not found in $PATH`
  return `Error starting handler: ${reason}`
}
