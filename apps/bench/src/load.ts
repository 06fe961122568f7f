/** Load from outside the measured process: wrk for HTTP, dnsperf for DNS. Bounded in time. */
import { execFile } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)
const scratch = mkdtempSync(join(tmpdir(), 'sd-bench-load-'))

export interface HttpLoad {
  readonly url: string
  readonly connections: number
  readonly seconds: number
  /** Lua for wrk, when it is not a plain GET. */
  readonly script?: string
}

/** Requests per second that were answered well; throws when any was not. */
export async function wrk({ url, connections, seconds, script }: HttpLoad): Promise<number> {
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`]
  if (script !== undefined) {
    const file = join(scratch, 'request.lua')
    writeFileSync(file, script)
    args.push('-s', file)
  }
  const { stdout } = await execute('wrk', [...args, url])
  if (/Non-2xx/.test(stdout)) throw new Error(`some requests failed: ${stdout}`)
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1])
}

/** Puts keys in turn, ten thousand different ones. */
export const PUT_KEYS = `local n = 0
request = function()
  n = n + 1
  return wrk.format("PUT", "/v1/kv/bench/" .. (n % 10000), nil, "value")
end`

/** Queries per second that were answered; throws when any was lost or had another code than NOERROR. */
export async function dnsperf(port: number, query: string, seconds: number): Promise<number> {
  const file = join(scratch, 'queries')
  writeFileSync(file, `${query}\n`)
  const { stdout } = await execute('dnsperf', [
    '-s',
    '127.0.0.1',
    '-p',
    String(port),
    '-d',
    file,
    '-l',
    String(seconds),
    '-c',
    '8',
    '-q',
    '64',
  ])
  if (!/NOERROR \d+ \(100\.00%\)/.test(stdout)) throw new Error(`some queries failed: ${stdout}`)
  return Number(/Queries per second:\s+([\d.]+)/.exec(stdout)?.[1])
}
