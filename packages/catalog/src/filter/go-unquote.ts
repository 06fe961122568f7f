/** Go's `strconv.Unquote` for a string in double quotes or backquotes. Throws an Error with Go's words. */
const SINGLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
}
const ESCAPE = /\\(?:([abfnrtv\\"])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([^]?))/g

export function unquote(quoted: string): string {
  const body = quoted.slice(1, -1)
  if (quoted.startsWith('`')) return body.replace(/\r/g, '')
  if (body.includes('\n')) throw new Error('invalid syntax')
  if (!body.includes('\\')) return body
  const pieces: Buffer[] = []
  let from = 0
  for (const found of body.matchAll(ESCAPE)) {
    const [whole, single, byte, short, long, octal] = found
    pieces.push(Buffer.from(body.slice(from, found.index)))
    from = found.index + whole.length
    if (single !== undefined) pieces.push(Buffer.from(SINGLE[single] as string))
    else if (byte !== undefined) pieces.push(Buffer.of(parseInt(byte, 16)))
    else if (octal !== undefined) pieces.push(byteOf(parseInt(octal, 8)))
    else pieces.push(codePoint(parseInt(short ?? long ?? '', 16)))
  }
  pieces.push(Buffer.from(body.slice(from)))
  return Buffer.concat(pieces).toString()
}

function byteOf(value: number): Buffer {
  if (value > 0xff) throw new Error('invalid syntax')
  return Buffer.of(value)
}

function codePoint(code: number): Buffer {
  const isValid = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
  if (!isValid) throw new Error('invalid syntax')
  return Buffer.from(String.fromCodePoint(code))
}
