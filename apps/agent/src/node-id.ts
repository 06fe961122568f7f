/** The id that names this node for good: configured, or made once and kept in the data directory. */
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
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

/** @throws NodeIdError when the configured or the kept id is not a UUID, or the directory has another node's log */
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
  if (known !== '' && existsSync(join(dataDir, 'raft'))) {
    throw new NodeIdError(
      `${dataDir} holds the data of node ${known}, not of ${wanted}; give each node a -data-dir of its own, or leave out -node-id`,
    )
  }
  const id = wanted || randomUUID()
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  // A log that outlives its node's id could not be opened again.
  await writeFile(file, id, { mode: 0o600, flush: true })
  return id
}
