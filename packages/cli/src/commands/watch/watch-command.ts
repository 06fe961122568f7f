import type { QueryResult } from '@sd/api-client'
import { errorMessage } from '@sd/runtime'
import { attempt, CommandFailure, defineCommand } from '../../command'
import { clientFlags, readOptions, serverFlags } from '../../common-flags'
import { booleanFlag, listFlag, stringFlag } from '../../flags'
import { goJson, type Printable } from '../../go-json'
import { runHandler } from './run-handler'
import { planWatch } from './watch-plan'

/** Waits after failures, as Consul's: 5 seconds at first, 3 minutes at most. */
const RETRY_MIN_MS = 5_000
const RETRY_MAX_MS = 180_000

export const watchCommand = defineCommand({
  synopsis: 'Watches for changes',
  help: (sd) => `Usage: ${sd} watch [options] [child...]

  Watches one view of the cluster's data. With a child command, runs it at
  every change, with the new data as JSON on its stdin and the index in the
  variable CONSUL_INDEX. Without one, prints the data once and stops.

      $ ${sd} watch -type=service -service=web ./reload.sh

  Which other options are needed depends on the type.`,
  flags: {
    type: stringFlag('What to watch: key, keyprefix, services, nodes, service, checks or event.', ''),
    key: stringFlag("The key, for the type 'key'.", ''),
    prefix: stringFlag("The prefix, for the type 'keyprefix'.", ''),
    service: stringFlag("The service, for the types 'service' and 'checks'.", ''),
    tag: listFlag("A tag that instances must have, for the type 'service'; may be given many times."),
    passingonly: stringFlag("Only healthy instances, `true|false`, for the type 'service'.", ''),
    shell: booleanFlag('Run the child through the shell that the variable SHELL names.', true),
    state: stringFlag("Only checks in this state, for the type 'checks'.", ''),
    name: stringFlag("Only events of this name, for the type 'event'.", ''),
    filter: stringFlag('A filter expression.', ''),
    ...clientFlags,
    ...serverFlags,
  },
  async run({ values, args }, invocation) {
    if (values.type === '') throw new CommandFailure('Watch type must be specified', 1, true)
    const { type, key, prefix, service, tag, passingonly, state, name, filter } = values
    const read = planWatch({ type, key, prefix, service, tag, passingonly, state, name, filter })
    const client = await invocation.connect(values)
    await attempt('Error querying Consul agent', () => client.status.leader())
    const { io } = invocation
    const changes = client.watch((options) => read(client, { ...options, ...readOptions(values) }), {
      signal: io.signal,
      retryMinMs: RETRY_MIN_MS,
      retryMaxMs: RETRY_MAX_MS,
      isRetryable: () => true,
      onRetry: (error) => invocation.err(`[ERROR] watch of type ${type} failed, trying again: ${errorMessage(error)}`),
    })
    const select = type === 'event' ? newEventsOnly() : ({ value }: QueryResult<Printable>) => value
    let last: string | undefined
    for await (const result of changes) {
      const data = select(result)
      if (args.length === 0) {
        invocation.out(goJson(data, '    '))
        return 0
      }
      const input = goJson(data)
      if (input === last) continue
      last = input
      const call = { words: args, usesShell: values.shell, input: `${input}\n`, index: result.meta.index }
      const failure = await runHandler(call, io)
      if (io.signal.aborted) return 0
      if (failure !== undefined) throw new CommandFailure(failure)
    }
    return 0
  },
})

/** The agent lists its latest events: those up to the last one seen before are left out. */
function newEventsOnly(): (result: QueryResult<Printable>) => Printable {
  let lastId: unknown
  return ({ value }) => {
    const events = value as readonly { readonly ID: string }[]
    const seen = events.findIndex(({ ID }) => ID === lastId)
    lastId = events[events.length - 1]?.ID ?? lastId
    return events.slice(seen + 1)
  }
}
