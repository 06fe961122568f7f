/** Every command of this package, by its words. */
import type { Command } from '../command'
import { catalogDatacentersCommand } from './catalog/catalog-datacenters-command'
import { catalogGroup } from './catalog/catalog-group'
import { catalogNodesCommand } from './catalog/catalog-nodes-command'
import { catalogServicesCommand } from './catalog/catalog-services-command'
import { eventCommand } from './event/event-command'
import { forceLeaveCommand } from './force-leave/force-leave-command'
import { infoCommand } from './info/info-command'
import { joinCommand } from './join/join-command'
import { kvDeleteCommand } from './kv/kv-delete-command'
import { kvExportCommand } from './kv/kv-export-command'
import { kvGetCommand } from './kv/kv-get-command'
import { kvGroup } from './kv/kv-group'
import { kvImportCommand } from './kv/kv-import-command'
import { kvPutCommand } from './kv/kv-put-command'
import { leaveCommand } from './leave/leave-command'
import { maintCommand } from './maint/maint-command'
import { membersCommand } from './members/members-command'
import { monitorCommand } from './monitor/monitor-command'
import { operatorGroup, raftGroup, raftListPeersCommand } from './operator/raft-list-peers-command'
import { reloadCommand } from './reload/reload-command'
import { servicesDeregisterCommand } from './services/services-deregister-command'
import { servicesExportCommand, servicesGroup } from './services/services-group'
import { servicesRegisterCommand } from './services/services-register-command'
import { versionCommand } from './version/version-command'
import { watchCommand } from './watch/watch-command'

export const standardCommands: Readonly<Record<string, Command>> = {
  catalog: catalogGroup,
  'catalog datacenters': catalogDatacentersCommand,
  'catalog nodes': catalogNodesCommand,
  'catalog services': catalogServicesCommand,
  event: eventCommand,
  'force-leave': forceLeaveCommand,
  info: infoCommand,
  join: joinCommand,
  kv: kvGroup,
  'kv delete': kvDeleteCommand,
  'kv export': kvExportCommand,
  'kv get': kvGetCommand,
  'kv import': kvImportCommand,
  'kv put': kvPutCommand,
  leave: leaveCommand,
  maint: maintCommand,
  members: membersCommand,
  monitor: monitorCommand,
  operator: operatorGroup,
  'operator raft': raftGroup,
  'operator raft list-peers': raftListPeersCommand,
  reload: reloadCommand,
  services: servicesGroup,
  'services deregister': servicesDeregisterCommand,
  'services export': servicesExportCommand,
  'services register': servicesRegisterCommand,
  version: versionCommand,
  watch: watchCommand,
}
