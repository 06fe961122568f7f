import { CONSUL_VERSION, SD_VERSION } from '@sd/model'
import { CommandFailure, defineCommand } from '../../command'
import { stringFlag } from '../../flags'
import { goJson } from '../../go-json'

/** Versions of Consul's gossip protocol that we speak. */
const PROTOCOL = { Default: 2, Min: 2, Max: 3 }

export const versionCommand = defineCommand({
  synopsis: 'Prints the version',
  help: (sd) => `Usage: ${sd} version [options]`,
  flags: { format: stringFlag('Output format {pretty|json}', 'pretty') },
  async run({ values }, invocation) {
    if (values.format === 'json') {
      const version = { Version: CONSUL_VERSION, Revision: '', Prerelease: '', SdVersion: SD_VERSION, RPC: PROTOCOL }
      invocation.out(goJson(version, '   '))
    } else if (values.format === 'pretty') {
      invocation.out(
        `Consul v${CONSUL_VERSION} (sd v${SD_VERSION})\n` +
          `Protocol ${PROTOCOL.Default} spoken by default, understands ${PROTOCOL.Min} to ${PROTOCOL.Max} ` +
          `(agent will automatically use protocol >${PROTOCOL.Default} when speaking to compatible agents)\n`,
      )
    } else throw new CommandFailure(`Unknown format: ${values.format}`)
  },
})
