/** The process: arguments, streams, signals, exit code. */
import { existsSync } from 'node:fs'
import { lookup } from 'node:dns/promises'
import { hostname } from 'node:os'
import { runRegistrator } from './registrator-command'

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())

// While engine and registry are both away nothing else would keep the process alive.
const hold = setInterval(() => {}, 2 ** 30)

void runRegistrator(process.argv.slice(2), {
  env: process.env,
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  hostname: hostname(),
  resolve: async (name) => (await lookup(name)).address,
  exists: existsSync,
  signal: stop.signal,
}).then((exitCode) => {
  clearInterval(hold)
  process.exitCode = exitCode
})
