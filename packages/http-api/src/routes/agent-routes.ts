import { goQuote } from '@sd/runtime'
import {
  agentMemberFields,
  checkDefinitionFields,
  type CheckStatus,
  defineFields,
  jsonAny,
  jsonListEncoder,
  jsonMap,
  serviceDefinitionFields,
  text,
} from '@sd/model'
import type { LogLevel } from '@sd/runtime'
import type { AgentBackend } from '../backend/agent-backend'
import { decodeBody } from '../decode-body'
import { prepareCheckBody, prepareServiceBody } from '../definition-body'
import { HttpStatusError } from '../errors'
import { parseGoBool } from '../go/go-values'
import { andThen, DONE, jsonReply, localReply } from '../replies'
import type { RequestContext } from '../request-context'
import { areaRoutes, type Reply } from '../route'
import { isCheckStatus, validateCheck, validateService } from '../validate-definition'
import { healthById, healthByName } from './agent-health'
import { encodeAgentService, healthCheckMapJson } from './encoders'

const encodeMembers = jsonListEncoder(agentMemberFields)
const checkUpdateFields = defineFields('checkUpdate', { status: text('Status'), output: text('Output') })
const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'
const PROMETHEUS_OFF = 'Prometheus is not enabled since its retention time is not positive'
const ALL_SEGMENTS = '_all'
const LOG_LEVELS: Readonly<Record<string, LogLevel>> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERR: 'error',
  ERROR: 'error',
}

function heartbeat(status: CheckStatus) {
  return (context: RequestContext, agent: AgentBackend): Reply | Promise<Reply> => {
    context.refuseNamespaces()
    const output = context.get('note')
    return andThen(agent.updateCheck({ id: context.tail, status, output }, context.call()), () => DONE)
  }
}

/** `?enable`, which must be there and a boolean. */
function enableOf(context: RequestContext): boolean {
  if (!context.has('enable')) throw new HttpStatusError(400, 'Missing value for enable')
  const raw = context.get('enable')
  const enable = parseGoBool(raw)
  if (enable === undefined) throw new HttpStatusError(400, `Invalid value for enable: ${goQuote(raw)}`)
  return enable
}

function wantsPrometheus(context: RequestContext): boolean {
  if (context.get('format') === 'prometheus') return true
  return context
    .header('accept')
    .split(',')
    .some((part) => {
      const [type, parameter] = part.split(';')
      const name = type?.trim().toLowerCase()
      return name === 'application/openmetrics-text' || (name === 'text/plain' && parameter?.trim() === 'version=0.4.0')
    })
}

async function metrics(context: RequestContext, agent: AgentBackend): Promise<Reply> {
  if (!wantsPrometheus(context)) return jsonReply(await agent.metrics(context.call()))
  const body = await agent.prometheusMetrics(context.call())
  // Consul means to answer 415; its server makes an empty 200 with the reason as a header of it.
  return body === undefined ? { headers: ['X-Consul-Reason', PROMETHEUS_OFF] } : { contentType: PROMETHEUS_TYPE, body }
}

export const agentRoutes = areaRoutes('agent', [
  {
    path: '/v1/agent/self',
    methods: ['GET'],
    handler: (context, agent) => andThen(agent.self(context.call()), jsonReply),
  },
  {
    path: '/v1/agent/host',
    methods: ['GET'],
    handler: (context, agent) => andThen(agent.host(context.call()), jsonReply),
  },
  {
    path: '/v1/agent/version',
    methods: ['GET'],
    handler: (context, agent) =>
      andThen(agent.version(context.call()), ({ sha, buildDate, humanVersion, fips }) => ({
        body: jsonAny({ SHA: sha, BuildDate: buildDate, HumanVersion: humanVersion, FIPS: fips }),
      })),
  },
  {
    path: '/v1/agent/members',
    methods: ['GET'],
    handler(context, agent) {
      const wan = context.get('wan') !== ''
      const segment = context.get('segment')
      if (wan && segment !== '' && segment !== ALL_SEGMENTS) {
        throw new HttpStatusError(400, 'Cannot provide a segment with wan=true')
      }
      context.refusePartitions()
      return andThen(agent.members({ wan, segment, ...context.filter }, context.call()), (result) =>
        localReply(context, result, encodeMembers),
      )
    },
  },
  {
    path: '/v1/agent/services',
    methods: ['GET'],
    handler(context, agent) {
      context.refuseNamespaces()
      return andThen(agent.services(context.filter, context.call()), (result) =>
        localReply(context, result, (services) => jsonMap(services, encodeAgentService)),
      )
    },
  },
  {
    path: '/v1/agent/service/',
    methods: ['GET'],
    handler(context, agent) {
      const { maxWaitMs } = context.wait()
      context.refuseNamespaces()
      const id = context.tail
      const hash = context.get('hash')
      const query = { id, ...(hash === '' ? {} : { hash }), ...(maxWaitMs === undefined ? {} : { maxWaitMs }) }
      return andThen(agent.service(query, context.call()), (service) => {
        if (!service) throw new HttpStatusError(404, `unknown service ID: ${id}`)
        return { headers: ['X-Consul-Contenthash', service.contentHash], body: encodeAgentService(service) }
      })
    },
  },
  {
    path: '/v1/agent/checks',
    methods: ['GET'],
    handler(context, agent) {
      context.refuseNamespaces()
      return andThen(agent.checks(context.filter, context.call()), (result) =>
        localReply(context, result, healthCheckMapJson),
      )
    },
  },
  { path: '/v1/agent/health/service/id/', methods: ['GET'], handler: healthById },
  { path: '/v1/agent/health/service/name/', methods: ['GET'], handler: healthByName },
  {
    path: '/v1/agent/service/register',
    methods: ['PUT'],
    async handler(context, agent) {
      context.refuseNamespaces()
      const definition = await decodeBody(context, serviceDefinitionFields, { prepare: prepareServiceBody })
      validateService(definition)
      const replace = context.get('replace-existing-checks')
      const replaceExistingChecks = context.has('replace-existing-checks') && (replace === '' || replace === 'true')
      await agent.registerService({ definition, replaceExistingChecks }, context.call())
      return DONE
    },
  },
  {
    path: '/v1/agent/service/deregister/',
    methods: ['PUT'],
    handler(context, agent) {
      context.refuseNamespaces()
      return andThen(agent.deregisterService(context.tail, context.call()), () => DONE)
    },
  },
  {
    path: '/v1/agent/service/maintenance/',
    methods: ['PUT'],
    handler(context, agent) {
      const id = context.requiredTail('Missing service ID')
      const enable = enableOf(context)
      context.refuseNamespaces()
      const request = { id, enable, reason: context.get('reason') }
      return andThen(agent.setServiceMaintenance(request, context.call()), () => DONE)
    },
  },
  {
    path: '/v1/agent/maintenance',
    methods: ['PUT'],
    handler(context, agent) {
      const request = { enable: enableOf(context), reason: context.get('reason') }
      return andThen(agent.setNodeMaintenance(request, context.call()), () => DONE)
    },
  },
  {
    path: '/v1/agent/check/register',
    methods: ['PUT'],
    async handler(context, agent) {
      context.refuseNamespaces()
      const definition = await decodeBody(context, checkDefinitionFields, { prepare: prepareCheckBody })
      validateCheck(definition)
      await agent.registerCheck(definition, context.call())
      return DONE
    },
  },
  {
    path: '/v1/agent/check/deregister/',
    methods: ['PUT'],
    handler(context, agent) {
      context.refuseNamespaces()
      return andThen(agent.deregisterCheck(context.tail, context.call()), () => DONE)
    },
  },
  { path: '/v1/agent/check/pass/', methods: ['PUT'], handler: heartbeat('passing') },
  { path: '/v1/agent/check/warn/', methods: ['PUT'], handler: heartbeat('warning') },
  { path: '/v1/agent/check/fail/', methods: ['PUT'], handler: heartbeat('critical') },
  {
    path: '/v1/agent/check/update/',
    methods: ['PUT'],
    async handler(context, agent) {
      const { status, output } = await decodeBody(context, checkUpdateFields)
      if (!isCheckStatus(status)) throw new HttpStatusError(400, `Invalid check status: '${status}'`)
      context.refuseNamespaces()
      await agent.updateCheck({ id: context.tail, status: status as CheckStatus, output }, context.call())
      return DONE
    },
  },
  {
    path: '/v1/agent/reload',
    methods: ['PUT'],
    handler: (context, agent) => andThen(agent.reload(context.call()), () => DONE),
  },
  {
    path: '/v1/agent/leave',
    methods: ['PUT'],
    handler: (context, agent) => andThen(agent.leave(context.call()), () => DONE),
  },
  {
    path: '/v1/agent/join/',
    methods: ['PUT'],
    handler(context, agent) {
      context.refusePartitions()
      const request = { address: context.tail, wan: context.get('wan') !== '' }
      return andThen(agent.join(request, context.call()), () => DONE)
    },
  },
  {
    path: '/v1/agent/force-leave/',
    methods: ['PUT'],
    handler(context, agent) {
      context.refusePartitions()
      const request = { node: context.tail, prune: context.has('prune'), wan: context.has('wan') }
      return andThen(agent.forceLeave(request, context.call()), () => DONE)
    },
  },
  { path: '/v1/agent/metrics', methods: ['GET'], handler: metrics },
  {
    path: '/v1/agent/monitor',
    methods: ['GET'],
    handler(context, agent) {
      const name = context.get('loglevel') || 'INFO'
      const level = LOG_LEVELS[name.toUpperCase()]
      if (level === undefined) throw new HttpStatusError(400, `Unknown log level: ${name}`)
      return andThen(agent.monitor({ level, json: context.has('logjson') }, context.call()), (stream) => ({ stream }))
    },
  },
])
