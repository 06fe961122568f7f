/** `/v1/agent/health/service`: the state of this agent's services as a status code, for load balancers. */
import {
  defineFields,
  type HealthCheck,
  integer,
  jsonListEncoder,
  json,
  NODE_MAINTENANCE,
  SERVICE_MAINTENANCE_PREFIX,
  text,
  textList,
} from '@sd/model'
import type { AgentBackend, AgentServiceHealth } from '../backend/agent-backend'
import { HttpStatusError } from '../errors'
import { andThen } from '../replies'
import type { RequestContext } from '../request-context'
import type { Reply } from '../route'
import { encodeAgentService } from './encoders'

/** This endpoint shows only what a check says, and the rest as zeros. */
const shownCheckFields = defineFields('HealthCheck', {
  node: text('Node'),
  checkId: text('CheckID'),
  name: text('Name'),
  status: text('Status'),
  notes: text('Notes'),
  output: text('Output'),
  serviceId: text('ServiceID'),
  serviceName: text('ServiceName'),
  serviceTags: textList('ServiceTags'),
  type: text('Type'),
  exposedPort: integer('ExposedPort'),
  definition: json('Definition', {
    Interval: '0s',
    Timeout: '0s',
    DeregisterCriticalServiceAfter: '0s',
    HTTP: '',
    Header: null,
    Method: '',
    Body: '',
    TLSServerName: '',
    TLSSkipVerify: false,
    TCP: '',
    TCPUseTLS: false,
    UDP: '',
    GRPC: '',
    OSService: '',
    GRPCUseTLS: false,
  }),
  createIndex: integer('CreateIndex'),
  modifyIndex: integer('ModifyIndex'),
})
const encodeShownChecks = jsonListEncoder(shownCheckFields)

type AggregatedStatus = 'passing' | 'warning' | 'critical' | 'maintenance'

/** The worst of the checks; maintenance beats all. */
export function aggregatedStatus(checks: readonly Pick<HealthCheck, 'checkId' | 'status'>[]): AggregatedStatus {
  let worst: AggregatedStatus = 'passing'
  for (const { checkId, status } of checks) {
    if (checkId === NODE_MAINTENANCE || checkId.startsWith(SERVICE_MAINTENANCE_PREFIX)) return 'maintenance'
    if (status === 'critical' || (status === 'warning' && worst === 'passing')) worst = status
  }
  return worst
}

const STATUS_CODES = { passing: 200, warning: 429, critical: 503, maintenance: 503 } as const

const serviceHealthJson = ({ service, checks }: AgentServiceHealth): string =>
  `{"AggregatedStatus":"${aggregatedStatus(checks)}","Service":${encodeAgentService(service)},"Checks":${encodeShownChecks(
    checks.map(({ node, checkId, name, status, notes, output, serviceId, serviceName, serviceTags }) =>
      shownCheckFields.create({
        node,
        checkId,
        name,
        status,
        notes,
        output,
        serviceId,
        serviceName,
        serviceTags: emptyAsNil(serviceTags),
      }),
    ),
  )}}`

const emptyAsNil = (tags: readonly string[] | null) => (tags?.length ? tags : null)

const wantsText = (context: RequestContext): boolean =>
  context.header('accept').startsWith('text/plain') || context.get('format') === 'text'

/** A header value may not hold what a path may. */
const headerText = (value: string): string => value.replace(/[^\x20-\x7e]/g, ' ')

function reply(context: RequestContext, status: number, reason: string, body: () => string): Reply {
  const headers = ['X-Consul-Reason', headerText(reason)]
  return wantsText(context)
    ? { status, headers, contentType: 'text/plain', body: reason }
    : { status, headers, body: body() }
}

export function healthById(context: RequestContext, agent: AgentBackend): Reply | Promise<Reply> {
  const id = context.tail
  // Consul hands out this error in a way that its server takes for an internal one.
  if (id === '') throw new HttpStatusError(500, 'Missing serviceID')
  context.refuseNamespaces()
  return andThen(agent.serviceHealthById(id, context.call()), (found) => {
    if (!found) {
      return reply(
        context,
        404,
        `ServiceId ${id} not found`,
        () => '{"AggregatedStatus":"critical","Service":null,"Checks":null}',
      )
    }
    const status = aggregatedStatus(found.checks)
    return reply(context, STATUS_CODES[status], status, () => serviceHealthJson(found))
  })
}

export function healthByName(context: RequestContext, agent: AgentBackend): Reply | Promise<Reply> {
  const name = context.tail
  if (name === '') throw new HttpStatusError(500, 'Missing service Name')
  context.refuseNamespaces()
  return andThen(agent.serviceHealthByName(name, context.call()), (found) => {
    let code = 404
    let reason = `ServiceName ${name} Not Found`
    for (const { checks } of found) {
      const status = aggregatedStatus(checks)
      const next = STATUS_CODES[status]
      if (code === 404 || code < next) {
        code = next
        reason = status
      }
    }
    return reply(context, code, reason, () => `[${found.map(serviceHealthJson).join(',')}]`)
  })
}
