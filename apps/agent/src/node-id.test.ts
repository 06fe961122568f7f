import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeId } from './node-id'

let dir: string
beforeEach(async () => (dir = await mkdtemp(join(tmpdir(), 'sd-node-id-'))))
afterEach(() => rm(dir, { recursive: true, force: true }))

const ID = '0b9e6a1c-2f0d-4a5e-8a3b-7c1d2e3f4a5b'

test('an id is made once and kept', async () => {
  const made = await nodeId('', dir)
  expect(made).toMatch(/^[0-9a-f-]{36}$/)
  expect(await nodeId('', dir)).toBe(made)
})

test('a configured id is used and kept', async () => {
  expect(await nodeId(ID.toUpperCase(), dir)).toBe(ID)
  expect(await readFile(join(dir, 'node-id'), 'utf8')).toBe(ID)
})

test('another id is refused where a log belongs to the kept one, and the kept one stays', async () => {
  const other = ID.replaceAll('b', 'c')
  expect(await nodeId(other, dir)).toBe(other)
  expect(await nodeId(ID, dir)).toBe(ID)
  await mkdir(join(dir, 'raft'))
  await expect(nodeId(other, dir)).rejects.toThrow(`${dir} holds the data of node ${ID}, not of ${other}`)
  expect(await nodeId('', dir)).toBe(ID)
})

test('what is no UUID is refused, and a kept file that is none is named', async () => {
  await expect(nodeId('me', dir)).rejects.toThrow('specified NodeID "me" is not a UUID')
  await writeFile(join(dir, 'node-id'), 'garbage')
  await expect(nodeId('', dir)).rejects.toThrow(join(dir, 'node-id'))
})

test('without a data directory each start is another node', async () => {
  expect(await nodeId('', undefined)).not.toBe(await nodeId('', undefined))
})
