import { attempt, defineCommand } from '../../command'
import { clientFlags } from '../../common-flags'
import { booleanFlag, stringFlag } from '../../flags'

export const monitorCommand = defineCommand({
  synopsis: "Follows an agent's log",
  help: (sd) => `Usage: ${sd} monitor [options]

  Prints the agent's log as it is written, until you interrupt it. The level
  may be lower than the one that the agent itself logs at.`,
  flags: {
    'log-level': stringFlag('Lowest level to print.', 'INFO'),
    'log-json': booleanFlag('Print lines as JSON.', false),
    ...clientFlags,
  },
  async run({ values }, invocation) {
    const { signal } = invocation.io
    const client = await invocation.connect(values)
    const json = values['log-json']
    const options = { level: values['log-level'], json, signal }
    const lines = await attempt(`Error starting ${json ? 'JSON ' : ''}monitor`, () => client.agent.monitor(options))
    for await (const line of lines) if (line !== '') invocation.out(line)
    if (signal.aborted) return 0
    invocation.out('\nThe agent ended the log: it has stopped, or cannot be reached any more.')
    return 1
  },
})
