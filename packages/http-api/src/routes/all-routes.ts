import type { Backend } from '../backend/backend'
import type { Route } from '../route'
import { agentRoutes } from './agent-routes'
import { catalogRoutes } from './catalog-routes'
import { coordinateRoutes } from './coordinate-routes'
import { eventRoutes } from './event-routes'
import { healthRoutes } from './health-routes'
import { internalUiRoutes } from './internal-ui-routes'
import { kvRoutes } from './kv-routes'
import { operatorRoutes } from './operator-routes'
import { sessionRoutes } from './session-routes'
import { snapshotRoutes } from './snapshot-routes'
import { statusRoutes } from './status-routes'
import { transactionRoutes } from './transaction-routes'

/** Every row that `backend` can serve. */
export const allRoutes = (backend: Backend): Route[] =>
  [
    agentRoutes,
    catalogRoutes,
    healthRoutes,
    kvRoutes,
    sessionRoutes,
    transactionRoutes,
    statusRoutes,
    eventRoutes,
    coordinateRoutes,
    operatorRoutes,
    internalUiRoutes,
    snapshotRoutes,
  ].flatMap((area) => area.bind(backend))
