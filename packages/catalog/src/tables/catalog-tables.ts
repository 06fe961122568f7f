import type { AnyTable } from '../store/table'
import { checksTable } from './checks'
import { coordinatesTable } from './coordinates'
import { indexesTable } from './indexes'
import { kvTable, tombstonesTable } from './kv'
import { nodesTable } from './nodes'
import { servicesTable } from './services'
import { sessionsTable } from './sessions'
import { usageTable } from './usage'

/** All tables of the catalog. Queries read them; only commands write them. */
export class CatalogTables {
  readonly nodes = nodesTable()
  readonly services = servicesTable()
  readonly checks = checksTable()
  readonly kv = kvTable()
  readonly tombstones = tombstonesTable()
  readonly sessions = sessionsTable()
  readonly coordinates = coordinatesTable()
  readonly indexes = indexesTable()
  readonly usage = usageTable()

  get all(): readonly AnyTable[] {
    return [
      this.nodes,
      this.services,
      this.checks,
      this.kv,
      this.tombstones,
      this.sessions,
      this.coordinates,
      this.indexes,
      this.usage,
    ]
  }
}
