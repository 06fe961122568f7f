import { andThen, DONE } from '../replies'
import { metaHeaders } from '../respond'
import { areaRoutes } from '../route'

export const snapshotRoutes = areaRoutes('snapshot', [
  {
    path: '/v1/snapshot',
    methods: ['GET', 'PUT'],
    handler(context, snapshots) {
      if (context.method === 'PUT') return andThen(snapshots.restore(context.request, context.call()), () => DONE)
      return andThen(snapshots.save({ stale: context.has('stale') }, context.call()), ({ meta, chunks }) => ({
        headers: metaHeaders(meta),
        contentType: 'application/x-gzip',
        stream: chunks,
      }))
    },
  },
])
