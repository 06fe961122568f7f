/** Runs a command line in this process and collects what it prints. */
import { PassThrough, Readable } from 'node:stream'
import { runCli, type RunCliOptions } from '../src/index'

export interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

export interface RunOptions extends RunCliOptions {
  address?: string
  stdin?: string | Uint8Array
  env?: Record<string, string>
  signal?: AbortSignal
  /** Told of every piece of stdout. */
  onOut?: (text: string) => void
}

export async function run(argv: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const { address, stdin = '', env = {}, signal = new AbortController().signal, onOut, ...cli } = options
  const chunks: Record<'out' | 'err', Buffer[]> = { out: [], err: [] }
  const stdout = new PassThrough()
  const stderr = new PassThrough()
  stdout.on('data', (chunk: Buffer) => {
    chunks.out.push(chunk)
    onOut?.(chunk.toString())
  })
  stderr.on('data', (chunk: Buffer) => chunks.err.push(chunk))
  const io = {
    stdin: Readable.from([Buffer.from(stdin)]),
    stdout,
    stderr,
    env: { ...(address ? { CONSUL_HTTP_ADDR: address } : {}), PATH: process.env.PATH, ...env },
    signal,
  }
  const code = await runCli(argv, io, { program: 'consul', ...cli })
  await new Promise((resolve) => setImmediate(resolve))
  return { code, out: Buffer.concat(chunks.out).toString(), err: Buffer.concat(chunks.err).toString() }
}
