/** The real Consul to compare with: built once from its Go module and kept in the user's cache. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { must, run } from './run'

export const CONSUL_VERSION = '1.22.3'

/** The first build compiles a thousand packages on whatever cores there are. */
const BUILD_TIMEOUT_MS = 30 * 60_000

const cacheDir = (): string =>
  join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'sd-peers', `consul-v${CONSUL_VERSION}`)

/** The path of the binary. Needs Go, unless it was built before. */
export async function realConsul(): Promise<string> {
  const binary = join(cacheDir(), 'consul')
  if (existsSync(binary)) return binary
  if ((await run('go', ['version']).catch(() => undefined))?.exitCode !== 0) {
    throw new Error(`Consul ${CONSUL_VERSION} is not in ${cacheDir()}, and there is no Go to build it with`)
  }
  const module = join(cacheDir(), 'module')
  mkdirSync(module, { recursive: true })
  if (!existsSync(join(module, 'go.mod'))) writeFileSync(join(module, 'go.mod'), 'module peer\n')
  const go = (...args: string[]) => must('go', args, { cwd: module, timeoutMs: BUILD_TIMEOUT_MS })
  await go('get', `github.com/hashicorp/consul@v${CONSUL_VERSION}`)
  await go('build', '-o', binary, 'github.com/hashicorp/consul')
  return binary
}
