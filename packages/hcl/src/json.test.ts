import { HclError, JSON_NESTING_MAX, parseJson, parseJsonObject } from './index'

const message = (text: string): string => {
  try {
    parseJsonObject(text)
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('was accepted')
}

describe('parseJson', () => {
  it('reads what JSON.parse reads', () => {
    const text = ' {"a": [1, -0.5, 2e3, "x\\n\\u00e9\\ud83d\\ude00/\\/", true, false, null, {}], "b": {"c": []}} '
    expect(JSON.stringify(parseJson(text))).toBe(JSON.stringify(JSON.parse(text)))
  })

  it('lets the last of repeated keys count and replaces half characters', () => {
    expect(JSON.stringify(parseJson('{"a": {"x": 1}, "a": {"y": "\\ud800"}}'))).toBe('{"a":{"y":"\ufffd"}}')
  })

  it('takes null for an empty object and refuses other values as a document', () => {
    expect(Object.keys(parseJsonObject('null'))).toEqual([])
    expect(message('[]')).toBe('json: cannot unmarshal array into Go value of type map[string]interface {}')
    expect(message('3')).toBe('json: cannot unmarshal number into Go value of type map[string]interface {}')
  })

  // Each row was compared with Go's encoding/json.
  it.each([
    ['', 'unexpected end of JSON input'],
    ['{', 'unexpected end of JSON input'],
    ['{"a": "x', 'unexpected end of JSON input'],
    ['{"a": 1,}', "invalid character '}' looking for beginning of object key string"],
    ["{'a': 1}", `invalid character '\\'' looking for beginning of object key string`],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a": 1 "b"}', `invalid character '"' after object key:value pair`],
    ['{"a": [1 2]}', "invalid character '2' after array element"],
    ['{"a": [1,]}', "invalid character ']' looking for beginning of value"],
    ['{} x', "invalid character 'x' after top-level value"],
    ['{"a": tru}', "invalid character '}' in literal true (expecting 'e')"],
    ['{"a": 01}', "invalid character '1' after object key:value pair"],
    ['{"a": -x}', "invalid character 'x' in numeric literal"],
    ['{"a": 1.}', "invalid character '}' after decimal point in numeric literal"],
    ['{"a": 1e+}', "invalid character '}' in exponent of numeric literal"],
    ['{"a": "\t"}', "invalid character '\\t' in string literal"],
    ['{"a": "\\x"}', "invalid character 'x' in string escape code"],
    ['{"a": "\\u12g4"}', "invalid character 'g' in \\u hexadecimal character escape"],
    ['{"a": é}', "invalid character 'Ã' looking for beginning of value"],
    ['\ufeff{}', "invalid character 'ï' looking for beginning of value"],
    ['{"a": 1e999}', 'json: cannot unmarshal number 1e999 into Go value of type float64'],
  ])('refuses %j in the words of Go', (text, expected) => {
    expect(message(text)).toBe(expected)
  })

  it('keeps line and column in the error', () => {
    expect.assertions(2)
    try {
      parseJson('{\n  "é": 1,\n  "b": x\n}')
    } catch (error) {
      expect(error).toBeInstanceOf(HclError)
      expect(error).toMatchObject({ line: 3, column: 8, code: 'HCL_SYNTAX' })
    }
  })

  it('gives objects without a prototype and refuses what nests too deep', () => {
    expect(Object.getPrototypeOf(parseJsonObject('{"__proto__": {"x": 1}}'))).toBeNull()
    expect(() => parseJson('['.repeat(100_000))).toThrow('exceeded max depth')
    expect(() => parseJson('{"a":'.repeat(100_000))).toThrow('exceeded max depth')
    expect(() => parseJson('['.repeat(JSON_NESTING_MAX) + ']'.repeat(JSON_NESTING_MAX))).not.toThrow()
  })
})
