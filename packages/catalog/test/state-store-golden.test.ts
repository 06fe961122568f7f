/**
 * Commands and queries with the outcomes of Consul 1.22.3's own state store (agent/consul/state), recorded from a random run.
 * Every answer and every index must be the same.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  checkServiceNodeFields,
  decodeFields,
  deregisterRequestFields,
  type FieldTable,
  healthCheckFields,
  jsonEncoder,
  kvEntryFields,
  nodeFields,
  nodeServiceFields,
  registerRequestFields,
  serviceNodeFields,
  sessionFields,
  txnOpFields,
  txnResultFields,
} from '@sd/model'
import * as catalog from '../src'

/* eslint-disable @typescript-eslint/no-explicit-any -- recorded JSON */
type Json = any

const golden = JSON.parse(readFileSync(join(__dirname, 'golden/state-store.json'), 'utf8')) as [Json, Json][]

const shown = <T extends object>(table: FieldTable<T>, value: T): Json => JSON.parse(jsonEncoder(table)(value)) as Json
const list = <T extends object>(table: FieldTable<T>, values: readonly T[]): Json =>
  values.length === 0 ? null : values.map((value) => shown(table, value))
const one = <T extends object>(table: FieldTable<T>, value: T | undefined): Json =>
  value === undefined ? null : shown(table, value)

function commandOf(line: Json): catalog.Command {
  switch (line.Kind) {
    case 'register':
      return { type: 'register', request: decodeFields(registerRequestFields, line.Req) }
    case 'deregister':
      return { type: 'deregister', request: decodeFields(deregisterRequestFields, line.Dereg) }
    case 'kv':
      return { type: 'kv', verb: line.Op, entry: decodeFields(kvEntryFields, line.Entry) }
    case 'session-create':
      return { type: 'sessionCreate', session: decodeFields(sessionFields, line.Session) }
    case 'session-destroy':
      return { type: 'sessionDestroy', id: line.Session.ID }
    case 'reap':
      return { type: 'reapTombstones', upTo: line.Entry.ModifyIndex }
    default:
      return { type: 'transaction', ops: line.Ops.map((op: Json) => decodeFields(txnOpFields, op)) }
  }
}

function outcomeOf(result: catalog.CommandResult | undefined): Json {
  switch (result?.kind) {
    case 'refused':
      return { error: result.message }
    case 'conditional':
      return { ok: result.isApplied }
    case 'transaction': {
      const errors = result.errors.map(({ opIndex, what }) => ({ OpIndex: opIndex, What: what }))
      return errors.length > 0
        ? { Errors: errors, Results: null }
        : { Errors: null, Results: result.results.map((item) => shown(txnResultFields, item)) }
    }
    default:
      return { ok: null }
  }
}

function query(tables: catalog.CatalogTables, { Name, A, B, Tags, Meta }: Json): Json {
  const with_ = <T>({ index, value }: catalog.QueryResult<T>, show: (value: T) => Json): Json => ({
    index,
    value: show(value),
  })
  const all =
    <T extends object>(table: FieldTable<T>) =>
    (values: readonly T[]) =>
      list(table, values)
  switch (Name) {
    case 'nodes':
      return with_(catalog.listNodes(tables, Meta), all(nodeFields))
    case 'services':
      return with_(catalog.listServices(tables, Meta), (names) =>
        Object.fromEntries([...names].map(([name, tags]) => [name, [...tags].sort()])),
      )
    case 'service-nodes':
      return with_(catalog.listServiceNodes(tables, A, { tags: Tags ?? [] }), all(serviceNodeFields))
    case 'connect-nodes':
      return with_(catalog.listServiceNodes(tables, A, { connect: true }), all(serviceNodeFields))
    case 'csn':
      return with_(catalog.listCheckServiceNodes(tables, A, { tags: Tags ?? [] }), all(checkServiceNodeFields))
    case 'csn-connect':
      return with_(catalog.listCheckServiceNodes(tables, A, { connect: true }), all(checkServiceNodeFields))
    case 'service-checks':
      return with_(catalog.listServiceChecks(tables, A, Meta), all(healthCheckFields))
    case 'node-checks':
      return with_(catalog.listNodeChecks(tables, A), all(healthCheckFields))
    case 'node-sessions':
      return with_(catalog.listNodeSessions(tables, A), all(sessionFields))
    case 'node-services':
      return with_(catalog.getNodeServices(tables, A), (found) =>
        found === undefined
          ? null
          : {
              Node: shown(nodeFields, found.node),
              Services: Object.fromEntries(found.services.map((item) => [item.id, shown(nodeServiceFields, item)])),
            },
      )
    case 'checks-state':
      return with_(catalog.listChecksInState(tables, A, Meta), all(healthCheckFields))
    case 'kv-get':
      return with_(catalog.getKey(tables, A), (entry) => one(kvEntryFields, entry))
    case 'kv-list':
      return with_(catalog.listKeys(tables, A), all(kvEntryFields))
    case 'sessions':
      return with_(catalog.listSessions(tables), all(sessionFields))
    case 'session':
      return with_(catalog.getSession(tables, A), (session) => one(sessionFields, session))
    case 'service-dump':
      return with_(catalog.dumpServices(tables, B === undefined ? undefined : A), all(checkServiceNodeFields))
    case 'node-dump':
      return with_(catalog.dumpNodes(tables), (nodes) =>
        nodes.length === 0
          ? null
          : nodes.map(({ id, node, address, taggedAddresses, meta, services, checks }) => ({
              ID: id,
              Node: node,
              Address: address,
              TaggedAddresses: taggedAddresses,
              Meta: meta,
              Services: list(nodeServiceFields, services),
              Checks: list(healthCheckFields, checks),
            })),
      )
  }
  throw new Error(`no query ${Name as string}`)
}

/** Mesh settings are compared by their own tests; a missing list of checks is shown as an empty one. */
const HIDDEN = new Set([
  'Proxy',
  'Connect',
  'ServiceProxy',
  'ServiceConnect',
  'Locality',
  'ServiceLocality',
  'ServicePorts',
])

function clean(value: Json): Json {
  if (Array.isArray(value)) return value.map(clean)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([key]) => !HIDDEN.has(key))
  return Object.fromEntries(entries.map(([key, item]) => [key, key === 'Checks' && item === null ? [] : clean(item)]))
}

it('answers and numbers everything as the state store of Consul 1.22.3 does', () => {
  const machine = new catalog.CatalogStateMachine()
  expect(golden.length).toBeGreaterThan(800)
  for (const [line, expected] of golden) {
    const outcome =
      line.Kind === 'query'
        ? query(machine.tables, line)
        : outcomeOf(machine.apply([{ index: line.Index, term: 1, data: catalog.encodeCommand(commandOf(line)) }])[0])
    try {
      expect(clean(outcome)).toEqual(expected)
    } catch (error) {
      throw new Error(JSON.stringify(line), { cause: error })
    }
  }
})
