/** Registrations that came by the API, kept in the data directory so that a restart does not forget them. */
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { errorMessage, type Logger } from '@sd/runtime'
import {
  type CheckDefinition,
  checkDefinitionFields,
  type CheckStatus,
  decodeFields,
  type HealthCheck,
  healthCheckFields,
  jsonEncoder,
  type NodeService,
  nodeServiceFields,
} from '@sd/model'

export interface ServiceRecord {
  readonly token: string
  readonly service: NodeService
}

export interface CheckRecord {
  readonly token: string
  readonly check: HealthCheck
  /** Null for checks that nothing runs (maintenance). */
  readonly definition: CheckDefinition | null
}

/** The last result of a TTL check; `expiresAt` is wall-clock milliseconds. */
export interface TtlRecord {
  readonly checkId: string
  readonly status: CheckStatus
  readonly output: string
  readonly expiresAt: number
}

const encodeService = jsonEncoder(nodeServiceFields)
const encodeCheck = jsonEncoder(healthCheckFields)
const encodeDefinition = jsonEncoder(checkDefinitionFields)

type Folder = 'services' | 'checks' | 'checks/state'

/** Without a data directory (`dev` mode) everything is forgotten at once. */
export class DefinitionFiles {
  /** Writes of one file, in order. */
  readonly #writes = new Map<string, Promise<void>>()

  constructor(
    private readonly dataDir: string | undefined,
    private readonly logger: Logger,
  ) {}

  async start(): Promise<void> {
    if (this.dataDir === undefined) return
    await mkdir(join(this.dataDir, 'services'), { recursive: true })
    await mkdir(join(this.dataDir, 'checks/state'), { recursive: true })
  }

  async saveService(record: ServiceRecord): Promise<void> {
    await this.#save(
      'services',
      record.service.id,
      `{"Token":${JSON.stringify(record.token)},"Service":${encodeService(record.service)}}`,
    )
  }

  async saveCheck(record: CheckRecord): Promise<void> {
    const definition = record.definition ? encodeDefinition(record.definition) : 'null'
    const body = `{"Token":${JSON.stringify(record.token)},"Check":${encodeCheck(record.check)},"Definition":${definition}}`
    await this.#save('checks', record.check.checkId, body)
  }

  async saveTtl(record: TtlRecord): Promise<void> {
    await this.#save('checks/state', record.checkId, JSON.stringify(record))
  }

  removeService(id: string): Promise<void> {
    return this.#remove('services', id)
  }

  async removeCheck(id: string): Promise<void> {
    await this.#remove('checks', id)
    await this.#remove('checks/state', id)
  }

  services(): Promise<ServiceRecord[]> {
    return this.#load('services', (value) => ({
      token: textOf(value['Token']),
      service: decodeFields(nodeServiceFields, value['Service']),
    }))
  }

  checks(): Promise<CheckRecord[]> {
    return this.#load('checks', (value) => ({
      token: textOf(value['Token']),
      check: decodeFields(healthCheckFields, value['Check']),
      definition: value['Definition'] ? decodeFields(checkDefinitionFields, value['Definition']) : null,
    }))
  }

  ttls(): Promise<TtlRecord[]> {
    return this.#load('checks/state', (value) => value as unknown as TtlRecord)
  }

  async #load<T>(folder: Folder, decode: (value: Record<string, unknown>) => T): Promise<T[]> {
    if (this.dataDir === undefined) return []
    const records: T[] = []
    const entries = await readdir(join(this.dataDir, folder), { withFileTypes: true })
    for (const entry of entries) {
      if (!entry.isFile()) continue
      const file = join(this.dataDir, folder, entry.name)
      if (entry.name.endsWith('.tmp')) {
        await rm(file, { force: true })
        continue
      }
      try {
        records.push(decode(JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>))
      } catch (error) {
        this.logger.error('failed to read a saved definition; it is left where it is and not used', {
          file,
          error: errorMessage(error),
        })
      }
    }
    return records
  }

  #save(folder: Folder, id: string, body: string): Promise<void> {
    return this.#inOrder(folder, id, async (file) => {
      const temporary = `${file}.${randomUUID()}.tmp`
      try {
        const handle = await open(temporary, 'w', 0o600)
        try {
          await handle.writeFile(body)
          await handle.datasync()
        } finally {
          await handle.close()
        }
        await rename(temporary, file)
      } catch (error) {
        await rm(temporary, { force: true })
        throw error
      }
    })
  }

  #remove(folder: Folder, id: string): Promise<void> {
    return this.#inOrder(folder, id, (file) => rm(file, { force: true }))
  }

  async #inOrder(folder: Folder, id: string, write: (file: string) => Promise<void>): Promise<void> {
    if (this.dataDir === undefined) return
    const file = join(this.dataDir, folder, createHash('sha256').update(id).digest('hex'))
    const before = this.#writes.get(file) ?? Promise.resolve()
    const current = before.catch(() => {}).then(() => write(file))
    this.#writes.set(file, current)
    try {
      await current
    } finally {
      if (this.#writes.get(file) === current) this.#writes.delete(file)
    }
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
