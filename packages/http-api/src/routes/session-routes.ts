import {
  defineFields,
  json,
  jsonListEncoder,
  jsonString,
  SERF_HEALTH,
  type Session,
  sessionFields,
  text,
} from '@sd/model'
import { errorMessage, parseDuration } from '@sd/runtime'
import { decodeOrRefuse, jsonBody } from '../decode-body'
import { HttpStatusError } from '../errors'
import { andThen, orFailedRead, readReply, TRUE } from '../replies'
import { areaRoutes } from '../route'

const encodeSessions = jsonListEncoder(sessionFields)
const LOCK_DELAY_DEFAULT_MS = 15_000
const PREFIX = 'Request decode failed: '

/** Fields whose absence differs from their zero, or whose form is looser than the table's. */
const sessionDefaultsFields = defineFields('Session', {
  behavior: text('Behavior'),
  lockDelay: json('LockDelay', null),
  nodeChecks: json('NodeChecks', null),
  checks: json('Checks', null),
})

/** The session that a body asks for; unknown fields are ignored, as Consul does for this one. */
export function sessionFromBody(value: unknown): Session {
  const given = decodeOrRefuse(sessionDefaultsFields, value ?? {}, { ignoreUnknown: true })
  const rest = dropLockDelay(value)
  const session = decodeOrRefuse(sessionFields, rest, { ignoreUnknown: true })
  return withoutDeprecatedChecks({
    ...session,
    lockDelayMs: lockDelayMs(given.lockDelay),
    behavior: given.behavior === '' ? 'release' : session.behavior,
    nodeChecks: given.nodeChecks === null && !isNull(value, 'nodechecks') ? [SERF_HEALTH] : session.nodeChecks,
    checks: given.checks === null && !isNull(value, 'checks') ? [SERF_HEALTH] : session.checks,
  })
}

/** An explicit null empties what would have a default. */
const isNull = (value: unknown, name: string): boolean =>
  Object.entries(value ?? {}).some(([key, item]) => item === null && key.toLowerCase() === name)

const dropLockDelay = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).filter(([key]) => key.toLowerCase() !== 'lockdelay'))
    : value

/** Go durations as text or nanoseconds; numbers below 1,000 are seconds. */
function lockDelayMs(value: unknown): number {
  if (typeof value === 'number') return value < 1_000 ? value * 1_000 : value / 1e6
  if (value === null) return LOCK_DELAY_DEFAULT_MS
  if (typeof value !== 'string') return 0
  try {
    const ms = parseDuration(value)
    return ms < 1_000 / 1e6 ? ms * 1e9 : ms
  } catch (error) {
    throw new HttpStatusError(400, PREFIX + errorMessage(error))
  }
}

/** "Checks" is the old name of "NodeChecks": an untouched default gives way, an emptied one empties both. */
function withoutDeprecatedChecks(session: Session): Session {
  const { checks, nodeChecks } = session
  if (checks === null || checks.length === 0) return { ...session, nodeChecks: [] }
  if (checks.length === 1 && checks[0] === SERF_HEALTH) return { ...session, checks: null }
  return nodeChecks === null || nodeChecks.length === 0 ? { ...session, checks: null } : session
}

export const sessionRoutes = areaRoutes('session', [
  {
    path: '/v1/session/create',
    methods: ['PUT'],
    async handler(context, sessions) {
      context.refuseNamespaces()
      const value = context.contentLength > 0 ? await jsonBody(context, PREFIX) : undefined
      const session = sessionFromBody(value ?? {})
      const id = await sessions.create(session, context.call())
      return { body: `{"ID":${jsonString(id)}}` }
    },
  },
  {
    path: '/v1/session/destroy/',
    methods: ['PUT'],
    async handler(context, sessions) {
      context.refuseNamespaces()
      await sessions.destroy(context.requiredTail('Missing session'), context.call())
      return TRUE
    },
  },
  {
    path: '/v1/session/renew/',
    methods: ['PUT'],
    async handler(context, sessions) {
      context.readOptions()
      context.refuseNamespaces()
      const id = context.requiredTail('Missing session')
      const renewed = await sessions.renew(id, context.call())
      if (renewed === null) throw new HttpStatusError(404, `Session id '${id}' not found`)
      return { body: encodeSessions(renewed) }
    },
  },
  {
    path: '/v1/session/info/',
    methods: ['GET'],
    handler(context, sessions) {
      const options = context.readOptions()
      context.refuseNamespaces()
      const id = context.requiredTail('Missing session')
      return andThen(
        orFailedRead(() => sessions.info(id, options)),
        (result) => readReply(context, result, encodeSessions),
      )
    },
  },
  {
    path: '/v1/session/node/',
    methods: ['GET'],
    handler(context, sessions) {
      const options = context.readOptions()
      context.refuseNamespaces()
      const node = context.requiredTail('Missing node name')
      return andThen(
        orFailedRead(() => sessions.node(node, options)),
        (result) => readReply(context, result, encodeSessions),
      )
    },
  },
  {
    path: '/v1/session/list',
    methods: ['GET'],
    handler(context, sessions) {
      const options = context.readOptions()
      context.refuseNamespaces()
      return andThen(
        orFailedRead(() => sessions.list(options)),
        (result) => readReply(context, result, encodeSessions),
      )
    },
  },
])
