import type { KvEntry } from '@sd/model'
import { attempt, CommandFailure, defineCommand, type Invocation } from '../../command'
import { clientFlags, readOptions, serverFlags, tenancyFlags } from '../../common-flags'
import { booleanFlag, stringFlag } from '../../flags'
import { tabbed } from '../../table-text'
import { keyArgument } from './key-argument'

const flags = {
  base64: booleanFlag('Print values as base64.', false),
  detailed: booleanFlag('Print everything about a key: indexes, flags, session and value.', false),
  keys: booleanFlag('Print the names of keys that begin with the given text, without their values.', false),
  recurse: booleanFlag('Print all keys that begin with the given text.', false),
  separator: stringFlag('With -keys, names end at the first such text behind the prefix.', '/'),
  ...clientFlags,
  ...serverFlags,
  ...tenancyFlags,
}

export const kvGetCommand = defineCommand({
  synopsis: 'Reads or lists keys',
  help: (sd) => `Usage: ${sd} kv get [options] [KEY_OR_PREFIX]

  Prints the value of a key as it is stored. A key that does not exist is an
  error; one without data prints nothing.

      $ ${sd} kv get app/limit
      $ ${sd} kv get -detailed app/limit

  Lists every key below a prefix, with its value or by its name alone:

      $ ${sd} kv get -recurse app/
      $ ${sd} kv get -keys app/`,
  flags,
  async run({ values, args }, invocation) {
    const key = keyArgument(args)
    if (key === '' && !values.recurse && !values.keys) throw new CommandFailure('Error! Missing KEY argument')
    const { kv } = await invocation.connect(values)
    const options = readOptions(values)
    const ask = <T>(action: () => Promise<T>) => attempt('Error querying Consul agent', action)
    if (values.recurse) {
      printEntries((await ask(() => kv.list(key, options))).value, values, invocation)
    } else if (values.keys) {
      const { separator } = values
      for (const name of (await ask(() => kv.keys(key, { ...options, separator }))).value) invocation.out(name)
    } else {
      const { value: entry } = await ask(() => kv.get(key, options))
      if (!entry) throw new CommandFailure(`Error! No key exists at: ${key}`)
      invocation.out(values.detailed ? detailed(entry, values) : valueOf(entry, values.base64))
    }
  },
})

interface View {
  readonly base64: boolean
  readonly detailed: boolean
  readonly keys: boolean
}

function printEntries(entries: readonly KvEntry[], view: View, invocation: Invocation): void {
  entries.forEach((entry, i) => {
    if (view.detailed) {
      invocation.out(detailed(entry, view))
      if (i < entries.length - 1) invocation.out('')
    } else if (view.keys) {
      invocation.out(entry.key)
    } else {
      invocation.out(Buffer.concat([Buffer.from(`${entry.key}:`), valueOf(entry, view.base64)]))
    }
  })
}

function valueOf(entry: KvEntry, asBase64: boolean): Buffer {
  const value = Buffer.from(entry.value ?? [])
  return asBase64 ? Buffer.from(value.toString('base64')) : value
}

/** Values are bytes, not always text: the table is made of one character per byte. */
function detailed(entry: KvEntry, view: Pick<View, 'base64' | 'keys'>): Buffer {
  const lines = [
    `CreateIndex\t${entry.createIndex}`,
    `Flags\t${entry.flags}`,
    `Key\t${Buffer.from(entry.key).toString('latin1')}`,
    `LockIndex\t${entry.lockIndex}`,
    `ModifyIndex\t${entry.modifyIndex}`,
    `Session\t${entry.session || '-'}`,
    view.keys ? '' : `Value\t${valueOf(entry, view.base64).toString('latin1')}`,
  ]
  return Buffer.from(tabbed(lines.join('\n')), 'latin1')
}
