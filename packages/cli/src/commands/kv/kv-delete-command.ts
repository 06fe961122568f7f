import { attempt, CommandFailure, defineCommand } from '../../command'
import { clientFlags, serverFlags, tenancyFlags } from '../../common-flags'
import { booleanFlag, unsignedFlag } from '../../flags'
import { keyArgument } from './key-argument'

export const kvDeleteCommand = defineCommand({
  synopsis: 'Deletes keys',
  help: (sd) => `Usage: ${sd} kv delete [options] KEY_OR_PREFIX

  Deletes a key, or every key below a prefix. A key that does not exist is
  no error.

      $ ${sd} kv delete app/limit
      $ ${sd} kv delete -recurse app/`,
  flags: {
    cas: booleanFlag('Delete only when the modify index of the key is still that of -modify-index.', false),
    'modify-index': unsignedFlag('The modify index that -cas compares.', 0),
    recurse: booleanFlag('Delete every key that begins with the given text.', false),
    ...clientFlags,
    ...serverFlags,
    ...tenancyFlags,
  },
  async run({ values, args }, invocation) {
    const { cas, recurse } = values
    const index = values['modify-index']
    const key = keyArgument(args)
    if (key === '' && !recurse) throw new CommandFailure('Error! Missing KEY argument')
    if (cas && index === 0) {
      throw new CommandFailure('Cannot delete a key that does not exist. Provide a -modify-index greater than than 0.')
    }
    if (index !== 0 && !cas) throw new CommandFailure('Cannot specify -modify-index without -cas!')
    if (recurse && cas) throw new CommandFailure('Cannot specify both -cas and -recurse!')
    const { kv } = await invocation.connect(values)
    if (recurse) {
      await attempt(`Error! Did not delete prefix ${key}`, () => kv.deleteTree(key))
      invocation.out(`Success! Deleted keys with prefix: ${key}`)
      return
    }
    if (cas) {
      const isDeleted = await attempt(`Error! Did not delete key ${key}`, () => kv.compareAndDelete(key, index))
      if (!isDeleted) throw new CommandFailure(`Error! Did not delete key ${key}: CAS failed`)
    } else {
      await attempt(`Error deleting key ${key}`, () => kv.delete(key))
    }
    invocation.out(`Success! Deleted key: ${key}`)
  },
})
