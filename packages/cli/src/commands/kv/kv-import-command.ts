import { posix } from 'node:path'
import { defineFields, decodeFields, text, unsigned64 } from '@sd/model'
import { parseJson } from '@sd/hcl'
import { errorMessage } from '@sd/runtime'
import { attempt, CommandFailure, defineCommand } from '../../command'
import { clientFlags, serverFlags, tenancyFlags } from '../../common-flags'
import { stringFlag } from '../../flags'
import { readData } from '../../read-data'
import { decodeBase64 } from './base64'

const entryFields = defineFields('Entry', { key: text('key'), flags: unsigned64('flags'), value: text('value') })

export const kvImportCommand = defineCommand({
  synopsis: 'Writes keys from JSON',
  help: (sd) => `Usage: ${sd} kv import [options] [DATA]

  Writes the keys that "${sd} kv export" has printed. DATA may be the JSON
  itself, a file, with "@", or what comes on stdin, with "-".

      $ ${sd} kv import @app.json
      $ ${sd} kv import - < app.json`,
  flags: {
    prefix: stringFlag('Text and a slash to put in front of every key.', ''),
    ...clientFlags,
    ...serverFlags,
    ...tenancyFlags,
  },
  async run({ values, args }, invocation) {
    const json = await read()
    const { kv } = await invocation.connect(values)
    for (const entry of parseEntries(json)) {
      const value = decodeBase64(`Error base 64 decoding value for key ${entry.key}`, entry.value)
      const key = joinKey(values.prefix, entry.key)
      await attempt(`Error! Failed writing data for key ${key}`, () => kv.put(key, value, { flags: entry.flags }))
      invocation.out(`Imported: ${key}`)
    }

    async function read(): Promise<string> {
      if (args.length === 0) throw new CommandFailure('Error! Missing DATA argument')
      if (args.length > 1) throw new CommandFailure(`Error! Too many arguments (expected 1, got ${args.length})`)
      if (args[0] === '') throw new CommandFailure('Error! Empty DATA argument')
      try {
        return (await readData(args[0] as string, invocation.io.stdin)).toString('utf8')
      } catch (error) {
        throw new CommandFailure(`Error! ${errorMessage(error)}`)
      }
    }
  },
})

function parseEntries(json: string) {
  try {
    // Flags have 64 bits, more than a JavaScript number: long ones are read as text. The pattern cannot match in a string.
    const wide = json.replace(/"(flags)"\s*:\s*(\d{16,20})(?=\s*[,}])/gi, '"$1":"$2"')
    const parsed: unknown = JSON.parse(wide, (name, value: unknown) =>
      /^flags$/i.test(name) && typeof value === 'string' ? BigInt(value) : value,
    )
    if (parsed === null) return []
    if (!Array.isArray(parsed)) throw new Error('json: cannot unmarshal, a list was expected')
    return parsed.map((item) => decodeFields(entryFields, item))
  } catch (error) {
    throw new CommandFailure(
      `Cannot unmarshal data: ${error instanceof SyntaxError ? goSyntaxFault(json) : errorMessage(error)}`,
    )
  }
}

/** The same text read by the parser that words its errors as Go does. */
function goSyntaxFault(json: string): string {
  try {
    parseJson(json)
    return 'invalid JSON'
  } catch (error) {
    return errorMessage(error)
  }
}

/** Joined and cleaned as a path; a folder keeps its slash. */
function joinKey(prefix: string, key: string): string {
  const joined = [prefix, key].some((part) => part !== '') ? posix.join(prefix, key) : ''
  const bare = joined.length > 1 ? joined.replace(/\/$/, '') : joined
  return key.endsWith('/') ? `${bare}/` : bare
}
