/** How Go's decoder names the types of Consul's requests, where that is not the name of our field table. */

const STRUCTS: Readonly<Record<string, string>> = {
  RegisterRequest: 'structs.RegisterRequest',
  NodeService: 'structs.NodeService',
  HealthCheck: 'structs.HealthCheck',
  Weights: 'structs.Weights',
  TxnOp: 'api.TxnOp',
  KVTxnOp: 'api.KVTxnOp',
  NodeTxnOp: 'api.NodeTxnOp',
  ServiceTxnOp: 'api.ServiceTxnOp',
  CheckTxnOp: 'api.CheckTxnOp',
  Session: 'struct { LockDelay interface {}; *structs.Alias }',
}

/** By table and field; `[]` is an item of it. */
const FIELDS: Readonly<Record<string, string>> = {
  'RegisterRequest.Checks': 'structs.HealthChecks',
  'ServiceDefinition.Checks': 'structs.CheckTypes',
  'ServiceDefinition.TaggedAddresses': 'map[string]structs.ServiceAddress',
  'NodeService.TaggedAddresses': 'map[string]structs.ServiceAddress',
  'Session.Behavior': 'structs.SessionBehavior',
  'Session.Checks': '[]types.CheckID',
  'Session.Checks[]': 'types.CheckID',
  'KVTxnOp.Verb': 'api.KVOp',
  'NodeTxnOp.Verb': 'api.NodeOp',
  'ServiceTxnOp.Verb': 'api.ServiceOp',
  'CheckTxnOp.Verb': 'api.CheckOp',
}

/** Go's name of a struct type; undefined for those that are called as their table. */
export const goStructName = (table: string): string | undefined => STRUCTS[table]

/** Go's name of the type of `place` ("Table.Field"), for a value that does not fit `type`. */
export const goFieldType = (place: string, type: string): string =>
  FIELDS[type === 'string' && FIELDS[`${place}[]`] ? `${place}[]` : place] ?? type
