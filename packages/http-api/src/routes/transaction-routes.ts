import {
  agentServiceFields,
  bytes,
  type CatalogVerb,
  defineFields,
  healthCheckFields,
  jsonListEncoder,
  kvEntryFields,
  type KvVerb,
  nodeFields,
  nodeServiceFields,
  struct,
  structPointer,
  text,
  txnErrorFields,
  type TxnOp,
  txnOpFields,
  txnResultFields,
  type TypeOf,
  unsigned64,
} from '@sd/model'
import type { TransactionOutcome } from '../backend/transaction-backend'
import { decodeOrRefuse, parseOrRefuse } from '../decode-body'
import { HttpStatusError } from '../errors'
import type { RequestContext } from '../request-context'
import { areaRoutes, type Reply } from '../route'

const OPERATIONS_MAX = 128
const PREFIX = 'Failed to parse body: '
const KV_WRITES = new Set<string>(['set', 'delete', 'delete-cas', 'delete-tree', 'cas', 'lock', 'unlock'])

/** The operations as the API writes them, which is flatter than what is applied. */
const apiOpFields = defineFields('TxnOp', {
  kv: structPointer('KV', () => apiKvOpFields),
  node: structPointer('Node', () => apiNodeOpFields),
  service: structPointer('Service', () => apiServiceOpFields),
  check: structPointer('Check', () => apiCheckOpFields),
})
const apiKvOpFields = defineFields('KVTxnOp', {
  verb: text<KvVerb>('Verb'),
  key: text('Key'),
  value: bytes('Value'),
  flags: unsigned64('Flags'),
  index: unsigned64('Index'),
  session: text('Session'),
  namespace: text('Namespace'),
  partition: text('Partition'),
})
const apiNodeOpFields = defineFields('NodeTxnOp', {
  verb: text<CatalogVerb>('Verb'),
  node: struct('Node', nodeFields),
})
const apiServiceOpFields = defineFields('ServiceTxnOp', {
  verb: text<CatalogVerb>('Verb'),
  node: text('Node'),
  service: struct('Service', agentServiceFields),
})
const apiCheckOpFields = defineFields('CheckTxnOp', {
  verb: text<CatalogVerb>('Verb'),
  check: struct('Check', healthCheckFields),
})
type ApiOp = TypeOf<typeof apiOpFields>

const encodeResults = jsonListEncoder(txnResultFields)
const encodeErrors = jsonListEncoder(txnErrorFields)

/** One operation as it is applied; undefined for an empty one, which Consul skips. */
function toOperation({ kv, node, service, check }: ApiOp): TxnOp | undefined {
  if (kv) {
    const { key, value, flags, session, index } = kv
    const entry = kvEntryFields.create({ key, value, flags, session, modifyIndex: Number(index) })
    return txnOpFields.create({ kv: { verb: kv.verb, entry } })
  }
  if (node) return txnOpFields.create({ node })
  if (service) {
    const {
      id,
      service: name,
      kind,
      tags,
      address,
      meta,
      port,
      weights,
      enableTagOverride,
      modifyIndex,
    } = service.service
    return txnOpFields.create({
      service: {
        verb: service.verb,
        node: service.node,
        service: nodeServiceFields.create({
          id,
          service: name,
          kind,
          tags,
          address,
          meta,
          port,
          weights: weights ?? { passing: 0, warning: 0 },
          enableTagOverride,
          modifyIndex,
          taggedAddresses: service.service.taggedAddresses,
          ...(service.service.proxy === null ? {} : { proxy: service.service.proxy }),
        }),
      },
    })
  }
  return check ? txnOpFields.create({ check }) : undefined
}

const isWrite = ({ kv, node, service, check }: ApiOp): boolean =>
  kv ? KV_WRITES.has(kv.verb) : ((node ?? service ?? check)?.verb ?? 'get') !== 'get'

async function operations(context: RequestContext): Promise<ApiOp[]> {
  const { kvValueBytesMax, transactionBytesMax } = context.options
  const max = Math.max(kvValueBytesMax, transactionBytesMax)
  const { contentLength } = context
  const declared = contentLength > 0 ? `(${contentLength} bytes)` : ''
  const body = await context.body(
    max,
    () =>
      new HttpStatusError(
        413,
        `Request body${declared} too large, max size: ${max} bytes. See https://developer.hashicorp.com/docs/agent/config/config-files#txn_max_req_len.`,
      ),
  )
  const parsed = parseOrRefuse(body, PREFIX)
  if (parsed !== null && !Array.isArray(parsed)) {
    const kind = typeof parsed === 'boolean' ? 'bool' : typeof parsed === 'bigint' ? 'number' : typeof parsed
    throw new HttpStatusError(400, `${PREFIX}json: cannot unmarshal ${kind} into Go value of type api.TxnOps`)
  }
  const list = (parsed ?? []).map((item: unknown) => decodeOrRefuse(apiOpFields, item, { prefix: PREFIX }))
  if (list.length > OPERATIONS_MAX) {
    throw new HttpStatusError(413, `Transaction contains too many operations (${list.length} > ${OPERATIONS_MAX})`)
  }
  for (const { kv } of list) {
    const size = kv?.value?.length ?? 0
    if (kv && size > kvValueBytesMax) {
      throw new HttpStatusError(413, `Value for key "${kv.key}" is too large (${size} > ${kvValueBytesMax} bytes)`)
    }
  }
  return list
}

/** 409 shows Consul's other name of JSON's media type. */
function outcomeReply(outcome: TransactionOutcome, more: string, headers: readonly string[]): Reply {
  const { results, errors } = outcome
  const body = `{"Results":${encodeResults(results)},"Errors":${encodeErrors(errors)}${more}}`
  return errors !== null && errors.length > 0
    ? { status: 409, headers: [...headers, 'Content-Type', 'application/json; charset=utf-8'], contentType: null, body }
    : { headers, body }
}

export const transactionRoutes = areaRoutes('transaction', [
  {
    path: '/v1/txn',
    methods: ['PUT'],
    async handler(context, transactions) {
      const list = await operations(context)
      const ops = list.map(toOperation).filter((operation) => operation !== undefined)
      if (list.some(isWrite)) return outcomeReply(await transactions.apply(ops, context.call()), '', [])
      const outcome = await transactions.read(ops, context.readOptions())
      const lastContactMs = Math.max(0, Math.floor(outcome.lastContactMs))
      return outcomeReply(
        outcome,
        // Go shows the members of its meta here; those that a transaction does not fill are constant.
        `,"Index":${outcome.index ?? 1},"LastContact":${lastContactMs * 1_000_000},"KnownLeader":${outcome.knownLeader},"ConsistencyLevel":"","NotModified":false,"Backend":0,"ResultsFilteredByACLs":false`,
        ['X-Consul-Knownleader', String(outcome.knownLeader), 'X-Consul-Lastcontact', String(lastContactMs)],
      )
    },
  },
])
