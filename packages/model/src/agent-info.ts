import { defineFields, integer, text, textMap, type TypeOf } from './fields/field-table'

/** Serf's member states as `/v1/agent/members` numbers them. */
export const MEMBER_STATUS = { none: 0, alive: 1, leaving: 2, left: 3, failed: 4 } as const

/** A member of the gossip pool. */
export const agentMemberFields = defineFields('AgentMember', {
  name: text('Name'),
  addr: text('Addr'),
  port: integer('Port'),
  tags: textMap('Tags'),
  status: integer('Status'),
  protocolMin: integer('ProtocolMin'),
  protocolMax: integer('ProtocolMax'),
  protocolCur: integer('ProtocolCur'),
  delegateMin: integer('DelegateMin'),
  delegateMax: integer('DelegateMax'),
  delegateCur: integer('DelegateCur'),
})
export interface AgentMember extends TypeOf<typeof agentMemberFields> {}
