/**
 * What follows from what: a check turns critical or goes, the sessions on it end, their locks are released or their keys
 * deleted, and checks that follow a session turn. One place, since each step may start another.
 */
import type { HealthCheck, Session } from '@sd/model'
import { missingNode, missingService, RefusedError } from '../errors'
import { deepEqual } from '../store/deep-equal'
import { equalFold, part } from '../store/key-order'
import { checkKey } from '../tables/checks'
import { serviceIndex, serviceKindIndex } from '../tables/indexes'
import { sessionCheckIds } from '../tables/sessions'
import { serviceKey } from '../tables/services'
import type { Change } from './change'
import { deleteKey, setEntry } from './kv-changes'
import { raiseServicesOfNode } from './node-changes'

/** Longest time a lost lock stays closed; Consul's maximum. */
const LOCK_DELAY_MAX_MS = 60_000
/** Checks of this type follow the session that they name, so they may be critical when it starts. */
const SESSION_CHECK = 'session'

export const checkById = (change: Change, node: string, id: string): HealthCheck | undefined =>
  change.tables.checks.get(checkKey(node, id))

/** Writes a check; a critical one ends its sessions, even when nothing else about it changed. */
export function ensureCheck(change: Change, wanted: HealthCheck, keepsModifyIndex = false): void {
  const { tables, tx, index } = change
  if (wanted.checkId === '') {
    const message = 'failed health check lookup: index error: object is missing a value for this index'
    throw new RefusedError('CATALOG_INVALID_COMMAND', message)
  }
  const existing = checkById(change, wanted.node, wanted.checkId)
  if (tables.nodes.get(part(wanted.node)) === undefined) throw missingNode()
  const service =
    wanted.serviceId === '' ? undefined : tables.services.get(serviceKey(wanted.node, wanted.serviceId))?.service
  if (wanted.serviceId !== '' && service === undefined) throw missingService()
  const check: HealthCheck = {
    ...wanted,
    status: wanted.status || 'critical',
    serviceName: service?.service ?? wanted.serviceName,
    serviceTags: service === undefined ? wanted.serviceTags : service.tags,
    createIndex: existing?.createIndex ?? index,
    modifyIndex: existing !== undefined && keepsModifyIndex ? existing.modifyIndex : index,
  }
  const isModified = existing === undefined || !sameCheck(existing, check)
  if (isModified) {
    if (service === undefined) raiseServicesOfNode(change, check.node)
    else {
      change.raise(serviceIndex(service.service))
      change.raise(serviceKindIndex(service.kind))
    }
  }
  if (check.status === 'critical') endSessionsOf(change, check)
  if (!isModified) return
  tx.put(tables.checks, check)
  change.raise('checks')
}

/** As Consul compares: type, interval, timeout and exposed port do not count. */
const sameCheck = (a: HealthCheck, b: HealthCheck): boolean =>
  equalFold(a.node, b.node) &&
  a.checkId === b.checkId &&
  a.name === b.name &&
  a.status === b.status &&
  a.notes === b.notes &&
  a.output === b.output &&
  a.serviceId === b.serviceId &&
  a.serviceName === b.serviceName &&
  a.peerName === b.peerName &&
  deepEqual(a.serviceTags, b.serviceTags) &&
  deepEqual(a.definition, b.definition)

/** Sets the check only when its index is still `check.modifyIndex` (0: only when there is none). */
export function ensureCheckCas(change: Change, check: HealthCheck): boolean {
  if ((checkById(change, check.node, check.checkId)?.modifyIndex ?? 0) !== check.modifyIndex) return false
  ensureCheck(change, check)
  return true
}

export function deleteCheckCas(change: Change, node: string, id: string, modifyIndex: number): boolean {
  const existing = checkById(change, node, id)
  if (existing === undefined || existing.modifyIndex !== modifyIndex) return false
  deleteCheck(change, node, id)
  return true
}

export function deleteCheck(change: Change, node: string, id: string): void {
  const { tables, tx } = change
  const existing = checkById(change, node, id)
  if (existing === undefined) return
  if (existing.serviceId !== '') {
    change.raise(serviceIndex(existing.serviceName))
    const service = tables.services.get(serviceKey(existing.node, existing.serviceId))?.service
    if (service !== undefined) change.raise(serviceKindIndex(service.kind))
  } else {
    raiseServicesOfNode(change, existing.node)
    change.raise('services')
  }
  tx.delete(tables.checks, checkKey(node, id))
  change.raise('checks')
  endSessionsOf(change, existing)
}

function endSessionsOf(change: Change, check: HealthCheck): void {
  for (const session of change.tables.sessions.by.check.list(checkKey(check.node, check.checkId))) {
    deleteSession(change, session.id)
  }
}

/** Starts a session on a node whose named checks exist and are not critical. */
export function createSession(change: Change, wanted: Session): void {
  const { tables, tx, index } = change
  if (wanted.id === '') throw new RefusedError('CATALOG_MISSING_SESSION_ID', 'Missing session ID')
  const behavior = wanted.behavior || 'release'
  if (behavior !== 'release' && behavior !== 'delete') {
    throw new RefusedError('CATALOG_INVALID_SESSION', `Invalid session behavior: ${behavior as string}`)
  }
  if (tables.nodes.get(part(wanted.node)) === undefined) throw missingNode()
  for (const id of sessionCheckIds(wanted)) {
    const check = checkById(change, wanted.node, id)
    if (check === undefined) throw new RefusedError('CATALOG_INVALID_SESSION', `Missing check '${id}' registration`)
    if (check.status === 'critical' && check.type !== SESSION_CHECK) {
      throw new RefusedError('CATALOG_INVALID_SESSION', `Check '${id}' is in ${check.status} state`)
    }
  }
  const session: Session = { ...wanted, behavior, createIndex: index, modifyIndex: index }
  tx.put(tables.sessions, session)
  change.raise('sessions')
  change.createdSessions.push(session.id)
  turnSessionChecks(change, session, 'passing')
}

/** Ends a session: its locks are released, or their keys deleted, as it was created. */
export function deleteSession(change: Change, id: string): void {
  const { tables, tx } = change
  const session = tx.delete(tables.sessions, part(id))
  if (session === undefined) return
  change.raise('sessions')
  change.endedSessions.push(session.id)
  const delayMs = Math.min(session.lockDelayMs, LOCK_DELAY_MAX_MS)
  for (const entry of tables.kv.by.session.list(part(id))) {
    if (session.behavior === 'delete') deleteKey(change, entry.key)
    else setEntry(change, { ...entry, session: '' }, true)
    if (delayMs > 0) change.releasedLocks.push({ key: entry.key, delayMs })
  }
  turnSessionChecks(change, session, 'critical')
}

function turnSessionChecks(change: Change, session: Session, status: 'passing' | 'critical'): void {
  for (const check of change.tables.checks.rows.list(part(session.node))) {
    if (check.type !== SESSION_CHECK || check.definition.sessionName !== session.name) continue
    const output = status === 'passing' ? `Session '${session.id}' in force` : `Session '${session.id}' is invalid`
    ensureCheck(change, { ...check, status, output }, true)
  }
}
