import { isSdError } from '@sd/runtime'
import { SeededRandom } from '@sd/runtime/testing'
import { kvEntryFields } from '@sd/model'
import { CommandSource } from '../../test/fixtures'
import { decodeCommand, encodeCommand } from './command-codec'

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 3_000)
/** Typed arrays and maps without prototype, as plain values. */
const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, item: unknown) =>
      item instanceof Uint8Array ? [...item] : typeof item === 'bigint' ? `${item}n` : item,
    ),
  )

describe('command codec', () => {
  it('gives back every command', () => {
    const source = new CommandSource(new SeededRandom(1))
    for (let index = 10; index < 1_000; index++) {
      const command = source.next(index)
      const entry = command.type === 'kv' ? Buffer.from(command.entry.value ?? []) : undefined
      const decoded = decodeCommand(encodeCommand(command))
      if (decoded?.type === 'kv') expect(Buffer.from(decoded.entry.value ?? [])).toEqual(entry)
      const withoutBuffers = (value: unknown) =>
        JSON.stringify(plain(value)).replace(/\{"type":"Buffer","data":(\[[0-9,]*\])\}/g, '$1')
      expect(withoutBuffers(decoded)).toBe(withoutBuffers(command))
    }
  })

  it('keeps the bytes of a small KV write small', () => {
    const entry = kvEntryFields.create({ key: 'app/config', value: Buffer.from('value') })
    const bytes = encodeCommand({ type: 'kv', verb: 'set', entry })
    expect(bytes.toString('hex')).toBe(`0200010a000000${Buffer.from('app/configvalue').toString('hex')}`)
  })

  it('skips what a newer version marks as ignorable, and refuses what it does not', () => {
    expect(decodeCommand(Buffer.of(0x80 | 99, 1, 2, 3))).toBeUndefined()
    expect(() => decodeCommand(Buffer.of(99, 1, 2, 3))).toThrow(/newer version/)
    expect(() => decodeCommand(Buffer.alloc(0))).toThrow(/empty/)
  })

  it('decodes damaged bytes to a command or a coded error', () => {
    const source = new CommandSource(new SeededRandom(2))
    const random = new SeededRandom(3)
    for (let run = 0; run < RUNS; run++) {
      const bytes = Buffer.from(encodeCommand(source.next(run + 10)))
      for (let left = 3; left > 0; left--)
        bytes[Math.floor(random.next() * bytes.length)] = Math.floor(random.next() * 256)
      const cut = bytes.subarray(0, Math.ceil(random.next() * bytes.length))
      try {
        const command = decodeCommand(cut)
        expect(['object', 'undefined']).toContain(typeof command)
      } catch (error) {
        expect([run, isSdError(error, 'CATALOG_UNREADABLE_COMMAND')]).toEqual([run, true])
      }
    }
  })
})
