import { attempt, defineCommand } from '../../command'
import { clientFlags, readOptions, serverFlags, tenancyFlags } from '../../common-flags'
import { goJson } from '../../go-json'
import { keyArgument } from './key-argument'

export const kvExportCommand = defineCommand({
  synopsis: 'Prints keys as JSON',
  help: (sd) => `Usage: ${sd} kv export [options] [PREFIX]

  Prints every key below a prefix as JSON, for "${sd} kv import".

      $ ${sd} kv export app/ > app.json`,
  flags: { ...clientFlags, ...serverFlags, ...tenancyFlags },
  async run({ values, args }, invocation) {
    const prefix = keyArgument(args)
    const { kv } = await invocation.connect(values)
    const { value: entries } = await attempt('Error querying Consul agent', () => kv.list(prefix, readOptions(values)))
    const exported = entries.map(({ key, flags, value }) => ({
      key,
      flags,
      value: Buffer.from(value ?? []).toString('base64'),
    }))
    invocation.out(goJson(exported, '\t'))
  },
})
