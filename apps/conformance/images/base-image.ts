/** A base image where no image hub is reachable: Debian's minimal system by debootstrap, with the Node.js that runs this test. */
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { must } from '../support/run'

const SUITE = 'bookworm'
/** What the agent's Dockerfile would install from the net, and Node.js' library. */
const PACKAGES = ['ca-certificates', 'curl', 'libstdc++6', 'tini']
/** Not needed at run time; the engine's plain storage driver copies every file once per layer. */
const LEAVE_OUT = [
  'var/cache/apt',
  'var/lib/apt/lists',
  'usr/share/doc',
  'usr/share/man',
  'usr/share/locale',
  'var/log',
]
const DEBOOTSTRAP_TIMEOUT_MS = 240_000

/** Options of `docker import`. */
export const BASE_CHANGES = ['ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin']

/** The file system as a tar file, made once per version of Node.js and kept in the user's cache folder. */
export async function baseFileSystem(scratch: string): Promise<string> {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'sd-conformance')
  const tar = join(cache, `${SUITE}-node-${process.version}.tar`)
  if (existsSync(tar)) return tar
  const root = join(scratch, 'base')
  const options = ['--variant=minbase', `--include=${PACKAGES.join(',')}`]
  await must('debootstrap', [...options, SUITE, root], { timeoutMs: DEBOOTSTRAP_TIMEOUT_MS })
  copyFileSync(process.execPath, join(root, 'usr/local/bin/node'))
  mkdirSync(cache, { recursive: true })
  const excluded = LEAVE_OUT.map((path) => `--exclude=./${path}/*`)
  const unfinished = `${tar}.${process.pid}`
  await must('tar', ['-C', root, '-cf', unfinished, ...excluded, '.'])
  renameSync(unfinished, tar)
  rmSync(root, { recursive: true, force: true })
  return tar
}
