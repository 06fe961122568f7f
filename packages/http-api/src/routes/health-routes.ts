import type { HealthBackend, HealthServiceQuery } from '../backend/health-backend'
import { HttpStatusError } from '../errors'
import { catalogRead } from '../replies'
import { readReply, andThen } from '../replies'
import type { RequestContext } from '../request-context'
import { areaRoutes, type Reply } from '../route'
import { checkServiceNodesJson, healthChecksJson } from './encoders'

function serviceNodes(
  context: RequestContext,
  health: HealthBackend,
  kind: 'service' | 'connect' | 'ingress',
): Reply | Promise<Reply> {
  context.refuseNamespaces()
  const options = context.readOptions()
  const peer = context.get('peer')
  const samenessGroup = context.get('sameness-group') || context.get('sg')
  if (peer !== '' && samenessGroup !== '') {
    throw new HttpStatusError(400, 'peer-name and sameness-group are mutually exclusive')
  }
  const service = context.requiredTail('Missing service name')
  const query: HealthServiceQuery = {
    service,
    passingOnly: context.flag('passing'),
    connect: kind === 'connect',
    ingress: kind === 'ingress',
    mergeCentralConfig: context.has('merge-central-config'),
    ...(context.has('tag') ? { tags: context.all('tag') } : {}),
    ...(peer === '' ? {} : { peer }),
    ...(samenessGroup === '' ? {} : { samenessGroup }),
  }
  return andThen(health.serviceNodes(query, options), (result) =>
    readReply(context, result, checkServiceNodesJson, true),
  )
}

export const healthRoutes = areaRoutes('health', [
  {
    path: '/v1/health/service/',
    methods: ['GET'],
    handler: (context, health) => serviceNodes(context, health, 'service'),
  },
  {
    path: '/v1/health/connect/',
    methods: ['GET'],
    handler: (context, health) => serviceNodes(context, health, 'connect'),
  },
  {
    path: '/v1/health/ingress/',
    methods: ['GET'],
    handler: (context, health) => serviceNodes(context, health, 'ingress'),
  },
  {
    path: '/v1/health/node/',
    methods: ['GET'],
    handler(context, health) {
      context.refuseNamespaces()
      const options = context.readOptions()
      const node = context.requiredTail('Missing node name')
      return catalogRead(context, () => health.nodeChecks(node, options), healthChecksJson)
    },
  },
  {
    path: '/v1/health/checks/',
    methods: ['GET'],
    handler(context, health) {
      context.refuseNamespaces()
      const options = context.readOptions()
      const service = context.requiredTail('Missing service name')
      return catalogRead(context, () => health.serviceChecks(service, options), healthChecksJson)
    },
  },
  {
    path: '/v1/health/state/',
    methods: ['GET'],
    handler(context, health) {
      context.refuseNamespaces()
      const options = context.readOptions()
      const state = context.requiredTail('Missing check state')
      return catalogRead(context, () => health.checksInState(state, options), healthChecksJson)
    },
  },
])
