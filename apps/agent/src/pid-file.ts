/** The file that names this process to supervisors. */
import { readFile, rm, writeFile } from 'node:fs/promises'

/** Writes the process id. Returns how to remove the file again; a file that another process wrote since then stays. */
export async function writePidFile(path: string): Promise<() => Promise<void>> {
  const own = String(process.pid)
  try {
    await writeFile(path, own, { mode: 0o666 })
  } catch (error) {
    throw new Error(`Could not write PID file ${path}: ${(error as Error).message}`, { cause: error })
  }
  return async () => {
    const written = await readFile(path, 'utf8').catch(() => '')
    if (written === own) await rm(path, { force: true })
  }
}
