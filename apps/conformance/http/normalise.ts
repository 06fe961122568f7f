/** Takes away what differs by nature between two agents, and nothing else. */
import type { Exchange, Normalised, View } from './exchange'

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/g
const INDEX = /("(?:CreateIndex|ModifyIndex|Index)": ?|current modify index )(\d+)/g
/** The content hash of a service is made by Consul's own arithmetic over Go structs. */
const CONTENT_HASH = /("ContentHash": ?)"[0-9a-f]{1,16}"/g
const HASH = '<hash>'
/** How long a server's log is by now. */
const LOG_LENGTH = /("LastIndex": ?)\d+/g
const HASHES = new Set(['X-Consul-Contenthash'])
/** The index of events is a hash of the last one's id. */
const isHashed = (label: string) => label.startsWith('GET /v1/event/list')
/** Indexes below this are said by rule and not by count: 0 for "none" and 1 for "not yet". */
const COUNTED_FROM = 2

/** Length and framing go together with the texts taken away; a date is a time. */
const IGNORED_HEADERS = new Set(['content-length', 'transfer-encoding', 'date'])

/** Texts of one side that stand for something both sides have, such as its ports. */
export type Places = Readonly<Record<string, string>>

/**
 * All exchanges of a scenario at once, since an id or an index means something only beside the others: an id becomes
 * the place of its first showing, an index its rank among all indexes that were seen (from 2 on, a number still).
 */
export function normalise(exchanges: readonly Exchange[], places: Places): Normalised[] {
  const ranks = rankIndexes(exchanges)
  const ids = new Map<string, string>()
  const idOf = (id: string) => {
    const known = ids.get(id)
    if (known !== undefined) return known
    const name = `<id ${ids.size + 1}>`
    ids.set(id, name)
    return name
  }
  // A port must not be found within a longer number.
  const patterns = Object.entries(places).map(
    ([own, common]) =>
      [new RegExp(`(?<!\\d)${own.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?!\\d)`, 'g'), common] as const,
  )
  const hide = (text: string): string => {
    let hidden = text
    for (const [own, common] of patterns) hidden = hidden.replace(own, common)
    return hidden
      .replace(UUID, idOf)
      .replace(TIME, '<time>')
      .replace(CONTENT_HASH, `$1"${HASH}"`)
      .replace(LOG_LENGTH, '$1<length>')
  }
  const rank = (index: string) => ranks.get(Number(index)) ?? index
  const indexShown = ({ label }: Exchange, index: string) => (isHashed(label) ? HASH : rank(index))
  return exchanges.map((exchange) => {
    const headers: Record<string, string> = {}
    for (const [name, value] of exchange.headers) {
      if (IGNORED_HEADERS.has(name.toLowerCase())) continue
      const shown = name === 'X-Consul-Index' ? indexShown(exchange, value) : HASHES.has(name) ? HASH : hide(value)
      headers[name] = name in headers ? `${headers[name]}\n${shown}` : shown
    }
    const text = partOf(textOf(exchange.body), exchange.view)
    return {
      label: hide(exchange.label.replace(/([?&](?:index|cas)=)(\d+)/, (_, key, index) => key + rank(index))),
      status: `${exchange.status} ${exchange.reason}`,
      headers,
      body: ordered(hide(text.replace(INDEX, (_, name: string, index: string) => name + rank(index))), exchange.view),
    }
  })
}

function rankIndexes(exchanges: readonly Exchange[]): Map<number, string> {
  const seen = new Set<number>()
  for (const { label, headers, body } of exchanges) {
    for (const [name, value] of headers) if (name === 'X-Consul-Index' && !isHashed(label)) seen.add(Number(value))
    for (const [, , index] of body.toString('utf8').matchAll(INDEX)) seen.add(Number(index))
  }
  const counted = [...seen].filter((index) => index >= COUNTED_FROM).sort((a, b) => a - b)
  return new Map(counted.map((index, position) => [index, String(position + COUNTED_FROM)]))
}

function textOf(body: Buffer): string {
  const text = body.toString('utf8')
  return Buffer.from(text, 'utf8').equals(body) ? text : `base64 ${body.toString('base64')}`
}

/** What of a body is compared. */
function partOf(text: string, view: View): string {
  if (view === 'shape') return throughJson(text, shapeOf)
  return typeof view === 'function' ? throughJson(text, view as (value: unknown) => unknown) : text
}

/** Lists without order are sorted last, when their ids are comparable. */
const ordered = (text: string, view: View): string => (view === 'unordered' ? throughJson(text, sorted) : text)

function throughJson(text: string, change: (value: unknown) => unknown): string {
  try {
    return JSON.stringify(change(JSON.parse(text)))
  } catch {
    return text
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, sorted(item)]))
}

/** Types in place of values; a list is the shapes that occur in it. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return [...new Set(value.map((item) => JSON.stringify(shapeOf(item))))].sort()
  if (value === null) return 'null'
  if (typeof value !== 'object') return typeof value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shapeOf(item)]))
}
