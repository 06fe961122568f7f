import { jsonString } from '@sd/model'
import { andThen, textListJson } from '../replies'
import { areaRoutes } from '../route'

export const statusRoutes = areaRoutes('status', [
  {
    path: '/v1/status/leader',
    methods: ['GET'],
    handler: (context, status) =>
      andThen(status.leader(context.readOptions()), (leader) => ({ body: jsonString(leader) })),
  },
  {
    path: '/v1/status/peers',
    methods: ['GET'],
    handler: (context, status) =>
      andThen(status.peers(context.readOptions()), (peers) => ({ body: peers ? textListJson(peers) : 'null' })),
  },
])
