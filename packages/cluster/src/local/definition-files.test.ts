import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkDefinitionFields, healthCheckFields, nodeServiceFields } from '@sd/model'
import { RecordingLogger } from '@sd/runtime/testing'
import { DefinitionFiles } from './definition-files'

let dir: string
let logger: RecordingLogger

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sd-definitions-'))
  logger = new RecordingLogger()
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const opened = async (dataDir: string | undefined = dir) => {
  const files = new DefinitionFiles(dataDir, logger)
  await files.start()
  return files
}

const service = nodeServiceFields.create({ id: 'a/../b', service: 'web', tags: ['x'], meta: { k: 'v' } })
const check = healthCheckFields.create({ node: 'n', checkId: 'c', status: 'critical' })
const definition = checkDefinitionFields.create({ id: 'c', ttlMs: 10_000, header: { A: ['b'] } })

test('what was saved is there after a restart, whatever characters an id has', async () => {
  const files = await opened()
  await files.saveService({ token: 'secret', service })
  await files.saveCheck({ token: '', check, definition })
  await files.saveTtl({ checkId: 'c', status: 'passing', output: 'ok', expiresAt: 5 })
  const again = await opened()
  expect(await again.services()).toEqual([{ token: 'secret', service }])
  expect(await again.checks()).toEqual([{ token: '', check, definition }])
  expect(await again.ttls()).toEqual([{ checkId: 'c', status: 'passing', output: 'ok', expiresAt: 5 }])
  await again.removeService(service.id)
  await again.removeCheck('c')
  expect(await (await opened()).services()).toEqual([])
  expect(await (await opened()).ttls()).toEqual([])
})

test('many writes of one definition end with the last one', async () => {
  const files = await opened()
  await Promise.all(
    Array.from({ length: 50 }, (_, port) => files.saveService({ token: '', service: { ...service, port } })),
  )
  expect((await files.services()).map((record) => record.service.port)).toEqual([49])
  expect(await readdir(join(dir, 'services'))).toHaveLength(1)
})

test('a file that cannot be read is named, left there, and the others are used', async () => {
  const files = await opened()
  await files.saveService({ token: '', service })
  await writeFile(join(dir, 'services', 'broken'), '{"Service":')
  await writeFile(join(dir, 'services', 'half-written.tmp'), '{')
  expect(await files.services()).toHaveLength(1)
  expect(logger.records).toMatchObject([{ level: 'error', fields: { file: join(dir, 'services', 'broken') } }])
  expect((await readdir(join(dir, 'services'))).sort()).toContain('broken')
})

test('without a data directory nothing is kept', async () => {
  const files = new DefinitionFiles(undefined, logger)
  await files.start()
  await files.saveService({ token: '', service })
  expect(await files.services()).toEqual([])
})
