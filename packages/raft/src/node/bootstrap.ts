import { encodeConfiguration } from '../core/membership'
import { InvalidOptionError } from '../errors'
import type { ResolvedOptions } from '../options'
import type { Storage, StoredState } from '../ports/storage'

/**
 * Begins a new cluster where storage is empty and voters are given. The first voters agree on entry 1 without
 * talking: each writes the same.
 */
export async function bootstrap(
  storage: Storage,
  stored: StoredState,
  { id, voters }: Pick<ResolvedOptions, 'id' | 'voters'>,
): Promise<StoredState> {
  const isNew = stored.hardState.term === 0 && stored.entries.length === 0 && !stored.snapshot
  if (!isNew || voters.length === 0) return stored
  if (!voters.some((voter) => voter.id === id)) throw new InvalidOptionError('voters', 'must include this server')
  const data = encodeConfiguration({ voters })
  const hardState = { term: 1, votedFor: undefined }
  const entries = [{ index: 1, term: 1, kind: 'configuration', data }] as const
  await storage.write({ hardState, entries })
  return { ...stored, hardState, entries }
}
