import {
  coordinateFields,
  defineFields,
  jsonListEncoder,
  jsonString,
  type NodeCoordinate,
  nodeCoordinateFields,
  structPointer,
  text,
} from '@sd/model'
import { decodeBody } from '../decode-body'
import { andThen, DONE, orFailedRead, readReply } from '../replies'
import type { RequestContext } from '../request-context'
import { areaRoutes } from '../route'

const encodeCoordinates = jsonListEncoder(nodeCoordinateFields)

const coordinateUpdateFields = defineFields('CoordinateUpdateRequest', {
  datacenter: text('Datacenter'),
  node: text('Node'),
  segment: text('Segment'),
  coord: structPointer('Coord', () => coordinateFields),
  partition: text('Partition'),
  token: text('Token'),
})

/** `?segment` keeps the coordinates of one network segment. */
function inSegment(context: RequestContext, list: readonly NodeCoordinate[]): readonly NodeCoordinate[] {
  if (!context.has('segment')) return list
  const segment = context.get('segment')
  return list.filter((item) => item.segment === segment)
}

export const coordinateRoutes = areaRoutes('coordinate', [
  {
    path: '/v1/coordinate/datacenters',
    methods: ['GET'],
    handler: (context, coordinates) =>
      andThen(coordinates.datacenters(context.call()), (list) => ({
        body: `[${list
          .map(
            (item) =>
              `{"Datacenter":${jsonString(item.datacenter)},"AreaID":${jsonString(item.areaId)},"Coordinates":${encodeCoordinates(item.coordinates)}}`,
          )
          .join(',')}]`,
      })),
  },
  {
    path: '/v1/coordinate/nodes',
    methods: ['GET'],
    handler(context, coordinates) {
      const options = context.readOptions()
      context.refusePartitions()
      return andThen(
        orFailedRead(() => coordinates.nodes(options)),
        ({ meta, value }) => readReply(context, { meta, value: inSegment(context, value) }, encodeCoordinates),
      )
    },
  },
  {
    path: '/v1/coordinate/node/',
    methods: ['GET'],
    handler(context, coordinates) {
      const options = context.readOptions()
      context.refusePartitions()
      return andThen(
        orFailedRead(() => coordinates.node(context.tail, options)),
        ({ meta, value }) => {
          const list = inSegment(context, value)
          return list.length === 0 ? { status: 404 } : readReply(context, { meta, value: list }, encodeCoordinates)
        },
      )
    },
  },
  {
    path: '/v1/coordinate/update',
    methods: ['PUT'],
    async handler(context, coordinates) {
      const { node, segment, coord } = await decodeBody(context, coordinateUpdateFields)
      context.refuseNamespaces()
      await coordinates.update({ node, segment, coord }, context.call())
      return DONE
    },
  },
])
