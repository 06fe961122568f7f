import { jsonEncoder, jsonListEncoder, userEventFields } from '@sd/model'
import { HttpStatusError } from '../errors'
import { andThen } from '../replies'
import { areaRoutes, type Reply } from '../route'

const encodeEvent = jsonEncoder(userEventFields)
const encodeEvents = jsonListEncoder(userEventFields)
/** Events travel by gossip, in one packet. */
const PAYLOAD_BYTES_MAX = 300

export const eventRoutes = areaRoutes('event', [
  {
    path: '/v1/event/fire/',
    methods: ['PUT'],
    async handler(context, events) {
      const name = context.requiredTail('Missing name')
      const { contentLength } = context
      if (contentLength < 0) throw new HttpStatusError(400, 'Event payload size must be greater than zero')
      const payload = await context.body(
        PAYLOAD_BYTES_MAX,
        () =>
          new HttpStatusError(
            413,
            `Event payload too large, received ${contentLength} bytes, max size: ${PAYLOAD_BYTES_MAX} bytes. User events should be kept small for efficient gossip propagation.`,
          ),
      )
      const event = userEventFields.create({
        name,
        payload: payload.length === 0 ? null : payload,
        nodeFilter: context.get('node'),
        serviceFilter: context.get('service'),
        tagFilter: context.get('tag'),
      })
      return { body: encodeEvent(await events.fire(event, context.call())) }
    },
  },
  {
    path: '/v1/event/list',
    methods: ['GET'],
    handler(context, events) {
      const { minIndex, maxWaitMs } = context.wait()
      const name = context.get('name')
      const query = {
        ...(name === '' ? {} : { name }),
        ...(minIndex === undefined || minIndex === 0n ? {} : { minIndex }),
        ...(maxWaitMs === undefined ? {} : { maxWaitMs }),
      }
      return andThen(events.list(query, context.call()), (list): Reply => {
        const headers = ['X-Consul-Index', String(list.index === 0n ? 1n : list.index)]
        if (list.resultsFilteredByAcls && context.token !== undefined) {
          headers.push('X-Consul-Results-Filtered-By-Acls', 'true')
        }
        return { headers, body: encodeEvents(list.value) }
      })
    },
  },
])
