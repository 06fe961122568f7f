import {
  defineFields,
  healthCheckFields,
  jsonEncoder,
  jsonListEncoder,
  nodeServiceFields,
  structList,
  text,
  textMap,
} from '@sd/model'
import type { NodeDump } from '../backend/internal-ui-backend'
import { andThen, orFailedRead, readReply } from '../replies'
import { areaRoutes } from '../route'
import { serviceSummariesJson } from './ui-service-summary'

const nodeDumpFields = defineFields('NodeInfo', {
  id: text('ID'),
  node: text('Node'),
  address: text('Address'),
  taggedAddresses: textMap('TaggedAddresses'),
  meta: textMap('Meta'),
  services: structList('Services', () => nodeServiceFields),
  checks: structList('Checks', () => healthCheckFields),
})
const encodeNode = jsonEncoder(nodeDumpFields)
const encodeNodes = jsonListEncoder(nodeDumpFields)

export const internalUiRoutes = areaRoutes('internalUi', [
  {
    path: '/v1/internal/ui/nodes',
    methods: ['GET'],
    handler(context, ui) {
      const options = context.readOptions()
      context.refuseNamespaces()
      return andThen(
        orFailedRead(() => ui.nodes(options)),
        (result) => readReply(context, result, encodeNodes),
      )
    },
  },
  {
    path: '/v1/internal/ui/node/',
    methods: ['GET'],
    handler(context, ui) {
      const options = context.readOptions()
      context.refuseNamespaces()
      const node = context.requiredTail('Missing node name')
      return andThen(
        orFailedRead(() => ui.node(node, options)),
        (result) =>
          result.value === undefined
            ? { status: 404 }
            : readReply(context, result, (value) => encodeNode(value as NodeDump)),
      )
    },
  },
  {
    path: '/v1/internal/ui/services',
    methods: ['GET'],
    handler(context, ui) {
      const options = context.readOptions()
      context.refuseNamespaces()
      return andThen(
        orFailedRead(() => ui.serviceDump(options)),
        (result) => readReply(context, result, serviceSummariesJson),
      )
    },
  },
])
