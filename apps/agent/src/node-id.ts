/** The id that names this node for good: configured, or made once and kept in the data directory. */
import { randomUUID } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SdError } from '@sd/runtime'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** A node id that cannot be used. */
export class NodeIdError extends SdError<'AGENT_NODE_ID'> {
  constructor(message: string) {
    super('AGENT_NODE_ID', message)
  }
}

/** @throws NodeIdError when the configured or the kept id is not a UUID */
export async function nodeId(configured: string, dataDir: string | undefined): Promise<string> {
  const wanted = configured.toLowerCase()
  if (wanted !== '' && !UUID.test(wanted))
    throw new NodeIdError(`specified NodeID ${JSON.stringify(configured)} is not a UUID`)
  if (dataDir === undefined) return wanted || randomUUID()
  const file = join(dataDir, 'node-id')
  const kept = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const known = kept.trim().toLowerCase()
  if (known !== '' && !UUID.test(known)) {
    throw new NodeIdError(
      `the node id in ${file} is not a UUID; restore the file, or remove it together with the raft folder beside it`,
    )
  }
  if (known !== '' && (wanted === '' || wanted === known)) return known
  const id = wanted || randomUUID()
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  await writeFile(file, id, { mode: 0o600 })
  return id
}
