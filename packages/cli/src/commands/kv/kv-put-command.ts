import { errorMessage } from '@sd/runtime'
import { attempt, CommandFailure, defineCommand } from '../../command'
import { clientFlags, serverFlags, tenancyFlags } from '../../common-flags'
import { booleanFlag, stringFlag, unsignedFlag } from '../../flags'
import { readData } from '../../read-data'
import { decodeBase64 } from './base64'
import { wideFlag } from './wide-flag'

export const kvPutCommand = defineCommand({
  synopsis: 'Writes a key',
  help: (sd) => `Usage: ${sd} kv put [options] KEY [DATA]

  Writes data of any kind under a key; without DATA the value is empty.

      $ ${sd} kv put app/limit 5

  DATA may be a file, with "@", or what comes on stdin, with "-":

      $ ${sd} kv put app/logo @logo.png
      $ date | ${sd} kv put app/released -

  Writes only when nobody has changed the key since you read it:

      $ ${sd} kv put -cas -modify-index=844 app/limit 6`,
  flags: {
    cas: booleanFlag('Write only when the modify index of the key is still that of -modify-index.', false),
    flags: wideFlag('A number of your own to keep beside the value.'),
    base64: booleanFlag('DATA is base64.', false),
    'modify-index': unsignedFlag('The modify index that -cas compares; 0 for a key that does not exist yet.', 0),
    session: stringFlag('The id of a session, for -acquire and -release.', ''),
    acquire: booleanFlag('Take the lock of the key for the session; the key is made when it does not exist.', false),
    release: booleanFlag('Give the lock of the key back; the session must hold it.', false),
    ...clientFlags,
    ...serverFlags,
    ...tenancyFlags,
  },
  async run({ values, args }, invocation) {
    const { cas, acquire, release, session, flags } = values
    if (args.length === 0) throw new CommandFailure('Error! Missing KEY argument')
    if (args.length > 2) throw new CommandFailure(`Error! Too many arguments (expected 1 or 2, got ${args.length})`)
    const key = args[0] as string
    const data = await value(args[1] ?? '', values.base64)
    if ((release || acquire) && session === '') {
      throw new CommandFailure('Error! Missing -session (required with -acquire and -release)')
    }
    const { kv } = await invocation.connect(values)
    if (cas) {
      const index = values['modify-index']
      const isWritten = await attempt(`Error! Did not write to ${key}`, () =>
        kv.compareAndSet(key, data, index, { flags }),
      )
      const why = index === 0 ? 'CAS performed with index=0 and key already exists.' : 'CAS failed'
      if (!isWritten) throw new CommandFailure(`Error! Did not write to ${key}: ${why}`)
      invocation.out(`Success! Data written to: ${key}`)
    } else if (acquire) {
      const isHeld = await attempt('Error! Failed writing data', () => kv.acquire(key, data, session, { flags }))
      if (!isHeld) throw new CommandFailure('Error! Did not acquire lock')
      invocation.out(`Success! Lock acquired on: ${key}`)
    } else if (release) {
      const isReleased = await attempt('Error! Failed writing data', () => kv.release(key, data, session, { flags }))
      if (!isReleased) throw new CommandFailure('Error! Did not release lock')
      invocation.out(`Success! Lock released on: ${key}`)
    } else {
      await attempt('Error! Failed writing data', () => kv.put(key, data, { flags }))
      invocation.out(`Success! Data written to: ${key}`)
    }

    async function value(text: string, isBase64: boolean): Promise<Buffer> {
      let bytes: Buffer
      try {
        bytes = await readData(text, invocation.io.stdin)
      } catch (error) {
        throw new CommandFailure(`Error! ${errorMessage(error)}`)
      }
      return isBase64 ? decodeBase64('Error! Cannot base 64 decode data', bytes.toString('latin1')) : bytes
    }
  },
})
