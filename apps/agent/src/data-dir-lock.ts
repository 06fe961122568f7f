/** One agent per data directory: a file names the process that has it. */
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SdError } from '@sd/runtime'

/** Another process that still runs has the data directory. */
export class DataDirInUseError extends SdError<'AGENT_DATA_DIR_IN_USE'> {
  constructor(dataDir: string, pid: string) {
    super(
      'AGENT_DATA_DIR_IN_USE',
      `the data directory ${dataDir} is in use by process ${pid}; stop it first or choose another -data-dir`,
    )
  }
}

/** How often a file of a process that is gone is taken over before giving up. */
const ATTEMPTS_MAX = 3

/**
 * Takes the directory. Returns how to give it back; a process that dies gives it back by dying.
 * @throws DataDirInUseError
 */
export async function lockDataDir(dataDir: string): Promise<() => Promise<void>> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const file = join(dataDir, 'agent.lock')
  const own = `${process.pid} ${await startTime(String(process.pid))}`
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    if (await linked(file, own)) return () => rm(file, { force: true })
    const holder = (await readFile(file, 'utf8').catch(() => '')).trim()
    const [pid = '', startedAt] = holder.split(' ')
    if (holder !== own && pid !== '' && startedAt !== undefined && (await startTime(pid)) === startedAt) {
      throw new DataDirInUseError(dataDir, pid)
    }
    await rm(file, { force: true })
  }
  throw new DataDirInUseError(dataDir, 'unknown')
}

/** Makes the file, complete at once, unless it is there. */
async function linked(file: string, text: string): Promise<boolean> {
  const complete = `${file}.${process.pid}`
  await writeFile(complete, text, { mode: 0o600 })
  try {
    await link(complete, file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    await rm(complete, { force: true })
  }
}

/** When a process started, so that a number that was given again is not taken for it; "gone" without such a process. */
async function startTime(pid: string): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  if (stat !== undefined) {
    // The name in parentheses may hold anything; after it come the state, and as the 20th field the start time.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // A process that ended stays listed until its parent has looked, which some first processes of containers never do.
    return fields[0] === 'Z' ? 'gone' : (fields[19] ?? 'gone')
  }
  try {
    process.kill(Number(pid), 0)
    return 'running'
  } catch {
    return 'gone'
  }
}
