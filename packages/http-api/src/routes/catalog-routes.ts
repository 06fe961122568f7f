import {
  deregisterRequestFields,
  jsonAny,
  jsonEncoder,
  jsonListEncoder,
  jsonMap,
  jsonStringList,
  type JsonValue,
  nodeFields,
  nodeServiceFields,
  registerRequestFields,
} from '@sd/model'
import type { CatalogBackend, NodeServiceList, NodeServices } from '../backend/catalog-backend'
import { decodeBody } from '../decode-body'
import { prepareRegisterBody } from '../definition-body'
import { andThen, catalogRead, textListJson, TRUE } from '../replies'
import type { RequestContext } from '../request-context'
import { areaRoutes, type Reply } from '../route'
import { serviceNodesJson, serviceWithTags } from './encoders'

const encodeNode = jsonEncoder(nodeFields)
const encodeNodes = jsonListEncoder(nodeFields)
const encodeService = jsonEncoder(nodeServiceFields)
const encodeServices = jsonListEncoder(nodeServiceFields)

const nodeServicesJson = (value: NodeServices | null): string =>
  value === null
    ? 'null'
    : `{"Node":${encodeNode(value.node)},"Services":${jsonMap(value.services, (service) =>
        encodeService(serviceWithTags(service)),
      )}}`

const nodeServiceListJson = ({ node, services }: NodeServiceList): string =>
  node === null
    ? '{"Node":null,"Services":null}'
    : `{"Node":${encodeNode(node)},"Services":${services === null ? 'null' : encodeServices(services.map(serviceWithTags))}}`

const jsonListOrNull = (list: readonly JsonValue[] | null): string => jsonAny(list ?? [])

function serviceNodes(context: RequestContext, catalog: CatalogBackend, connect: boolean): Reply | Promise<Reply> {
  context.refuseNamespaces()
  const options = context.readOptions()
  const service = context.requiredTail('Missing service name')
  const peer = context.get('peer')
  return catalogRead(
    context,
    () =>
      catalog.serviceNodes(
        {
          service,
          connect,
          mergeCentralConfig: context.has('merge-central-config'),
          ...(context.has('tag') ? { tags: context.all('tag') } : {}),
          ...(peer === '' ? {} : { peer }),
        },
        options,
      ),
    serviceNodesJson,
  )
}

export const catalogRoutes = areaRoutes('catalog', [
  {
    path: '/v1/catalog/datacenters',
    methods: ['GET'],
    handler: (context, catalog) =>
      andThen(catalog.datacenters(context.readOptions()), (names) => ({ body: textListJson(names) })),
  },
  {
    path: '/v1/catalog/nodes',
    methods: ['GET'],
    handler(context, catalog) {
      context.refusePartitions()
      const options = context.readOptions()
      return catalogRead(context, () => catalog.nodes(options), encodeNodes)
    },
  },
  {
    path: '/v1/catalog/services',
    methods: ['GET'],
    handler(context, catalog) {
      context.refuseNamespaces()
      const options = context.readOptions()
      return catalogRead(
        context,
        () => catalog.services(options),
        (services) => jsonMap(services, jsonStringList),
      )
    },
  },
  {
    path: '/v1/catalog/service/',
    methods: ['GET'],
    handler: (context, catalog) => serviceNodes(context, catalog, false),
  },
  {
    path: '/v1/catalog/connect/',
    methods: ['GET'],
    handler: (context, catalog) => serviceNodes(context, catalog, true),
  },
  {
    path: '/v1/catalog/node/',
    methods: ['GET'],
    handler(context, catalog) {
      context.refuseNamespaces()
      const options = context.readOptions()
      const node = context.requiredTail('Missing node name')
      return catalogRead(context, () => catalog.nodeServices(node, options), nodeServicesJson)
    },
  },
  {
    path: '/v1/catalog/node-services/',
    methods: ['GET'],
    handler(context, catalog) {
      context.refuseNamespaces()
      const options = context.readOptions()
      const node = context.requiredTail('Missing node name')
      const mergeCentralConfig = context.has('merge-central-config')
      return catalogRead(
        context,
        () => catalog.nodeServiceList({ node, mergeCentralConfig }, options),
        nodeServiceListJson,
      )
    },
  },
  {
    path: '/v1/catalog/gateway-services/',
    methods: ['GET'],
    needs: 'gatewayServices',
    handler(context, catalog) {
      context.refuseNamespaces()
      const options = context.readOptions()
      const gateway = context.requiredTail('Missing gateway name')
      const read = catalog.gatewayServices as NonNullable<CatalogBackend['gatewayServices']>
      return catalogRead(context, () => read.call(catalog, gateway, options), jsonListOrNull)
    },
  },
  {
    path: '/v1/catalog/register',
    methods: ['PUT'],
    async handler(context, catalog) {
      context.refuseNamespaces()
      await catalog.register(
        await decodeBody(context, registerRequestFields, {
          explainsNamespace: true,
          prepare: prepareRegisterBody,
          obsolete: ['Token'],
        }),
        context.call(),
      )
      return TRUE
    },
  },
  {
    path: '/v1/catalog/deregister',
    methods: ['PUT'],
    async handler(context, catalog) {
      context.refuseNamespaces()
      // Go clients have an address here, though a deregistration never used it.
      const request = await decodeBody(context, deregisterRequestFields, {
        explainsNamespace: true,
        obsolete: ['Address', 'Token'],
      })
      await catalog.deregister(request, context.call())
      return TRUE
    },
  },
])
