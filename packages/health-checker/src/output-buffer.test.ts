import { SeededRandom } from '@sd/runtime/testing'
import { OutputBuffer, truncateTtlOutput } from './output-buffer'

test('the last bytes are kept, however they were written', () => {
  const seed = Number(process.env['FUZZ_SEED'] ?? 1)
  const random = new SeededRandom(seed)
  for (let i = 0; i < Number(process.env['FUZZ_RUNS'] ?? 2_000); i++) {
    const max = 1 + Math.floor(random.next() * 16)
    const buffer = new OutputBuffer(max)
    let all = ''
    for (let pieces = Math.floor(random.next() * 6); pieces > 0; pieces--) {
      const piece = 'abcdefghijklmnopqrstuvwxyz'.slice(0, Math.floor(random.next() * 26))
      all += piece
      buffer.write(Buffer.from(piece))
    }
    const kept = all.slice(Math.max(0, all.length - max))
    if (buffer.text() !== kept) throw new Error(`seed ${seed}, run ${i}: ${buffer.text()} is not ${kept}`)
    const note = all.length > max ? `Captured ${max} of ${all.length} bytes\n...\n` : ''
    expect(buffer.textWithNote()).toBe(note + kept)
  }
})

test('bytes are counted, not characters', () => {
  expect(truncateTtlOutput('äöü', 6)).toBe('äöü')
  expect(truncateTtlOutput('äöü', 4)).toBe('äö ... (captured 4 of 6 bytes)')
})
