import type { Session } from '@sd/model'
import { part } from '../store/key-order'
import { Table } from '../store/table'
import { checkKey } from './checks'

export type SessionsTable = Table<Session, 'node' | 'check'>

/** Sessions by id; also by node and by each check they depend on. */
export const sessionsTable = (): SessionsTable =>
  new Table({
    name: 'sessions',
    keyOf: (session) => part(session.id),
    indexes: {
      node: { keysOf: (session) => part(session.node) },
      check: { keysOf: (session) => [...new Set(sessionCheckIds(session))].map((id) => checkKey(session.node, id)) },
    },
  })

/** All checks a session depends on: the deprecated list first, as in Consul. */
export const sessionCheckIds = (session: Session): string[] => [
  ...(session.checks ?? []),
  ...(session.nodeChecks ?? []),
  ...(session.serviceChecks ?? []).map((check) => check.id),
]
