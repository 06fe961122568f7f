import { crc32c } from './crc32c'

test.each([
  ['', 0x00000000],
  ['123456789', 0xe3069283],
  ['The quick brown fox jumps over the lazy dog', 0x22620404],
])('CRC-32C of "%s"', (text, expected) => {
  expect(crc32c(Buffer.from(text), 0, text.length, 0)).toBe(expected)
})

test('32 zero bytes give the value of RFC 3720, in one piece and in two', () => {
  const zeros = new Uint8Array(32)
  expect(crc32c(zeros, 0, 32, 0)).toBe(0x8a9136aa)
  expect(crc32c(zeros, 5, 32, crc32c(zeros, 0, 5, 0))).toBe(0x8a9136aa)
})
