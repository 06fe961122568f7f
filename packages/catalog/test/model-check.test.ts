/** Random KV, lock and session commands against a model that is as plain as can be. */
import { type KvEntry, nodeFields, registerRequestFields, sessionFields } from '@sd/model'
import { randomInteger } from '@sd/runtime'
import { SeededRandom } from '@sd/runtime/testing'
import { CatalogStateMachine, type Command, encodeCommand, getKey, getUsage, listKeyNames, listKeys } from '../src'
import { CommandSource } from './fixtures'

const SEEDS = Number(process.env['FUZZ_RUNS'] ?? 30)

class Model {
  readonly entries = new Map<string, KvEntry>()
  readonly sessions = new Map<string, 'release' | 'delete'>()

  apply(index: number, command: Command): boolean | undefined {
    if (command.type === 'sessionCreate') this.sessions.set(command.session.id, command.session.behavior)
    if (command.type === 'sessionDestroy') this.#end(index, command.id)
    return command.type === 'kv' ? this.#write(index, command.verb, command.entry) : undefined
  }

  #end(index: number, id: string): void {
    const behavior = this.sessions.get(id)
    if (behavior === undefined) return
    this.sessions.delete(id)
    for (const entry of [...this.entries.values()]) {
      if (entry.session !== id) continue
      if (behavior === 'delete') this.entries.delete(entry.key)
      else this.#put(index, { ...entry, session: '' })
    }
  }

  #put(index: number, entry: KvEntry): void {
    const old = this.entries.get(entry.key)
    const same = (a: KvEntry) =>
      JSON.stringify([a.lockIndex, String(a.flags), a.session, Buffer.from(a.value ?? []).toString('hex')])
    if (old !== undefined && same(old) === same(entry)) return
    this.entries.set(entry.key, { ...entry, createIndex: old?.createIndex ?? index, modifyIndex: index })
  }

  /** Undefined when the command is refused or has no condition. */
  #write(index: number, verb: string, entry: KvEntry): boolean | undefined {
    const old = this.entries.get(entry.key)
    const isCurrent = (old?.modifyIndex ?? 0) === entry.modifyIndex
    switch (verb) {
      case 'set':
        this.#put(index, { ...entry, session: old?.session ?? '' })
        return undefined
      case 'cas':
        if (isCurrent) this.#put(index, { ...entry, session: old?.session ?? '' })
        return isCurrent
      case 'delete':
        this.entries.delete(entry.key)
        return undefined
      case 'delete-tree':
        for (const key of [...this.entries.keys()]) if (key.startsWith(entry.key)) this.entries.delete(key)
        return undefined
      case 'delete-cas':
        if (old !== undefined && !isCurrent) return false
        this.entries.delete(entry.key)
        return true
      case 'lock': {
        if (!this.sessions.has(entry.session)) return undefined
        if (old !== undefined && old.session !== '' && old.session !== entry.session) return false
        const isHeld = old?.session === entry.session
        this.#put(index, { ...entry, lockIndex: (old?.lockIndex ?? 0) + (isHeld ? 0 : 1) })
        return true
      }
      default: {
        if (entry.session === '') return undefined
        if (old === undefined || old.session !== entry.session) return false
        this.#put(index, { ...entry, session: '', lockIndex: old.lockIndex })
        return true
      }
    }
  }
}

it('agrees with a plain model after every command', () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const random = new SeededRandom(seed)
    const source = new CommandSource(random)
    const machine = new CatalogStateMachine()
    const model = new Model()
    machine.applyCommand(1, {
      type: 'register',
      request: registerRequestFields.create({ node: nodeFields.create({ node: 'n' }).node }),
    })
    let sessions = 0
    try {
      for (let index = 2; index < 300; index++) {
        const generated = source.next(index)
        let command: Command = generated.type === 'kv' ? generated : { type: 'kv', verb: 'set', entry: source.entry() }
        const dice = randomInteger(random, 10)
        const id = `session-${randomInteger(random, 4)}`
        if (dice === 0) command = { type: 'sessionDestroy', id }
        if (dice === 1 && !model.sessions.has(id)) {
          const behavior = sessions++ % 2 === 0 ? 'release' : 'delete'
          command = { type: 'sessionCreate', session: sessionFields.create({ id, node: 'n', behavior }) }
        }
        if (command.type === 'kv') command = { ...command, entry: { ...command.entry, session: id } }
        const expected = model.apply(index, command)
        const [result] = machine.apply([{ index, term: 1, data: encodeCommand(command) }])
        if (expected !== undefined) expect(result).toEqual({ kind: 'conditional', isApplied: expected })
        const stored = listKeys(machine.tables, '').value.map((entry) => ({
          ...entry,
          value: Buffer.from(entry.value ?? []).toString('hex'),
        }))
        const wanted = [...model.entries.values()]
          .sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)))
          .map((entry) => ({ ...entry, value: Buffer.from(entry.value ?? []).toString('hex') }))
        expect(stored).toEqual(wanted)
        expect(getUsage(machine.tables).value).toMatchObject({
          kvEntries: wanted.length,
          sessions: model.sessions.size,
        })
        for (const entry of model.entries.values())
          expect(getKey(machine.tables, entry.key).index).toBe(entry.modifyIndex)
        const heads = new Set(wanted.map(({ key }) => (key.includes('/') ? key.slice(0, key.indexOf('/') + 1) : key)))
        expect(new Set(listKeyNames(machine.tables, '', '/').value)).toEqual(heads)
      }
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error })
    }
  }
})
