/** The catalog of a server in the same process, for the agent that runs beside it. */
import { getNodeServices, listNodeChecks } from '@sd/catalog'
import type { Server } from '../server/server'
import type { CatalogAccess } from './anti-entropy'

export function serverCatalog(server: Server): CatalogAccess {
  return {
    register: (request) => server.catalog.register(request),
    deregister: (request) => server.catalog.deregister(request),
    nodeView: (node) => {
      const found = getNodeServices(server.tables, node).value
      return Promise.resolve({
        node: found?.node ?? null,
        services: found?.services ?? [],
        checks: listNodeChecks(server.tables, node).value,
      })
    },
  }
}
