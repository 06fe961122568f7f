/** A seeded stream of commands of all kinds, on few names so that they meet. */
import { createHash } from 'node:crypto'
import {
  healthCheckFields,
  type KvEntry,
  kvEntryFields,
  type KvVerb,
  nodeFields,
  nodeServiceFields,
  registerRequestFields,
  deregisterRequestFields,
  sessionFields,
  type TxnOp,
  txnOpFields,
} from '@sd/model'
import { type Random, randomInteger } from '@sd/runtime'
import type { CatalogSnapshot, Command } from '../src'

const KV_WRITES: readonly KvVerb[] = ['set', 'cas', 'lock', 'unlock', 'delete', 'delete-cas', 'delete-tree']
const NODES = ['node-a', 'node-b', 'node-c']
const SERVICES = ['web', 'db', 'cache']
const CHECKS = ['serfHealth', 'http', 'disk']
const KEYS = ['a', 'a/b', 'a/b/c', 'b', 'b/é', '\u{1f600}/x']

export class CommandSource {
  #sessions = 0
  #index = 0

  constructor(readonly random: Random) {}

  next(index: number): Command {
    this.#index = index
    const dice = randomInteger(this.random, 20)
    if (dice < 6) return { type: 'register', request: this.#register() }
    if (dice < 8) return { type: 'deregister', request: this.#deregister() }
    if (dice < 13) return { type: 'kv', verb: this.#pick(KV_WRITES), entry: this.entry() }
    if (dice < 15) return { type: 'sessionCreate', session: this.#session() }
    if (dice < 16) return { type: 'sessionDestroy', id: this.#sessionId() }
    if (dice < 17) return { type: 'reapTombstones', upTo: index - 20 }
    if (dice < 18) return { type: 'coordinates', updates: [this.#coordinate()] }
    return { type: 'transaction', ops: Array.from({ length: 1 + randomInteger(this.random, 3) }, () => this.#op()) }
  }

  entry(): KvEntry {
    return kvEntryFields.create({
      key: this.#pick(KEYS),
      value: this.#pick([null, Buffer.from('one'), Buffer.from([0, 255, 128])]),
      flags: this.#pick([0, 7, 18446744073709551615n]),
      session: this.#pick(['', this.#sessionId()]),
      modifyIndex: this.#pick([0, this.#index - 1, this.#index - 2]),
    })
  }

  #pick<T>(items: readonly T[]): T {
    return items[randomInteger(this.random, items.length)] as T
  }

  #sessionId = (): string => `session-${Math.max(0, this.#sessions - randomInteger(this.random, 3))}`

  #session() {
    this.#sessions++
    return sessionFields.create({
      id: `session-${this.#sessions}`,
      node: this.#pick(NODES),
      behavior: this.#pick(['release', 'delete'] as const),
      lockDelayMs: this.#pick([0, 15_000]),
      nodeChecks: this.#pick([null, ['serfHealth'], ['http']]),
    })
  }

  #service() {
    const service = this.#pick(SERVICES)
    return nodeServiceFields.create({
      id: `${service}-${randomInteger(this.random, 2)}`,
      service,
      tags: this.#pick([null, ['v1'], ['v1', 'v2']]),
      port: this.#pick([80, 81]),
      meta: this.#pick([null, { version: '1' }]),
    })
  }

  #check(node: string) {
    return healthCheckFields.create({
      node,
      checkId: this.#pick(CHECKS),
      status: this.#pick(['passing', 'warning', 'critical'] as const),
      serviceId: this.#pick(['', 'web-0', 'db-1']),
    })
  }

  #register() {
    const node = this.#pick(NODES)
    return registerRequestFields.create({
      node,
      address: this.#pick(['10.0.0.1', '10.0.0.2']),
      nodeMeta: this.#pick([null, { rack: '1' }]),
      service: this.#pick([null, this.#service()]),
      checks: this.#pick([null, [this.#check(node)]]),
    })
  }

  #deregister() {
    return deregisterRequestFields.create({
      node: this.#pick(NODES),
      serviceId: this.#pick(['', 'web-0', 'db-1']),
      checkId: this.#pick(['', 'http']),
    })
  }

  #coordinate() {
    const coord = { vec: [this.random.next(), 0, 0, 0, 0, 0, 0, 0], error: 1, adjustment: 0, height: 0.001 }
    return { node: this.#pick(NODES), segment: '', partition: '', coord }
  }

  #op(): TxnOp {
    switch (randomInteger(this.random, 4)) {
      case 0:
        return txnOpFields.create({
          node: { verb: this.#pick(['set', 'cas']), node: nodeFields.create({ node: this.#pick(NODES) }) },
        })
      case 1:
        return txnOpFields.create({ check: { verb: 'set', check: this.#check(this.#pick(NODES)) } })
      default:
        return txnOpFields.create({
          kv: { verb: this.#pick([...KV_WRITES, 'get', 'check-not-exists']), entry: this.entry() },
        })
    }
  }
}

export async function bytesOf(snapshot: CatalogSnapshot): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of snapshot.chunks()) chunks.push(chunk)
  return Buffer.concat(chunks)
}

export const hashOf = async (snapshot: CatalogSnapshot): Promise<string> =>
  createHash('sha256')
    .update(await bytesOf(snapshot))
    .digest('hex')

export async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
