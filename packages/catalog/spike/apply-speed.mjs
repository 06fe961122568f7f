/**
 * Encode, decode and apply small KV sets, in thousands per second, one command at a time and in batches of 64.
 * Run after a build: npx tsup && node spike/apply-speed.mjs
 */
import { CatalogStateMachine, decodeCommand, encodeCommand } from '../dist/index.js'

const COUNT = 300_000
const value = Buffer.from('a value of some 24 bytes')
const entry = (i) => ({
  lockIndex: 0,
  key: `app/team-${i % 50}/key-${i % 100_000}`,
  flags: 0,
  value,
  session: '',
  createIndex: 0,
  modifyIndex: 0,
})
for (let round = 0; round < 4; round++) {
  const machine = new CatalogStateMachine()
  const start = performance.now()
  for (let i = 0; i < COUNT; i += 64) {
    const batch = []
    for (let j = i; j < i + 64; j++) {
      batch.push({ index: j + 1, term: 1, data: encodeCommand({ type: 'kv', verb: 'set', entry: entry(j) }) })
    }
    machine.apply(batch)
  }
  const all = performance.now() - start
  const encodeStart = performance.now()
  const encoded = []
  for (let i = 0; i < COUNT; i++) encoded.push(encodeCommand({ type: 'kv', verb: 'set', entry: entry(i) }))
  const encode = performance.now() - encodeStart
  const decodeStart = performance.now()
  for (const data of encoded) decodeCommand(data)
  const decode = performance.now() - decodeStart
  const rate = (ms) => `${Math.round(COUNT / ms)}k/s`
  console.log(`all ${rate(all)}, encode ${rate(encode)}, decode ${rate(decode)}`)
}
