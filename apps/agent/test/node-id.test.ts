import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeId } from '../src/node-id'

const ONE = '11111111-1111-1111-1111-111111111111'
const TWO = '22222222-2222-2222-2222-222222222222'
const folder = mkdtempSync(join(tmpdir(), 'sd-node-id-'))
afterAll(() => rmSync(folder, { recursive: true }))
let count = 0
const dataDir = () => join(folder, String(count++))
const kept = (dir: string) => readFileSync(join(dir, 'node-id'), 'utf8')

test('an id is made once and kept', async () => {
  const dir = dataDir()
  const id = await nodeId('', dir)
  expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  expect([await nodeId('', dir), kept(dir)]).toEqual([id, id])
})

test('a configured id is kept, in lower case, and may change while there is no log', async () => {
  const dir = dataDir()
  expect(await nodeId(ONE.toUpperCase(), dir)).toBe(ONE)
  expect(await nodeId('', dir)).toBe(ONE)
  expect(await nodeId(TWO, dir)).toBe(TWO)
  expect(kept(dir)).toBe(TWO)
})

test('another id is refused where a log belongs to the kept one, and the kept one stays', async () => {
  const dir = dataDir()
  await nodeId(ONE, dir)
  mkdirSync(join(dir, 'raft'))
  await expect(nodeId(TWO, dir)).rejects.toThrow(`${dir} holds the data of node ${ONE}, not of ${TWO}`)
  expect(kept(dir)).toBe(ONE)
  expect(await nodeId(ONE, dir)).toBe(ONE)
})

test('what is no UUID is refused', async () => {
  await expect(nodeId('one', undefined)).rejects.toThrow('specified NodeID "one" is not a UUID')
  const dir = dataDir()
  mkdirSync(dir)
  writeFileSync(join(dir, 'node-id'), 'garbage')
  await expect(nodeId('', dir)).rejects.toThrow(`the node id in ${join(dir, 'node-id')} is not a UUID`)
  expect(kept(dir)).toBe('garbage')
})

test('without a folder the id lives as long as the process', async () => {
  expect(await nodeId(ONE, undefined)).toBe(ONE)
  expect(await nodeId('', undefined)).not.toBe(await nodeId('', undefined))
})
