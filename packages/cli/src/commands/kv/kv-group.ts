import { defineGroup } from '../../command'

export const kvGroup = defineGroup(
  'Reads and writes the key-value store',
  (sd) => `Usage: ${sd} kv <subcommand> [options] [args]

  Reads and writes the key-value store.

  Write a key, read it back, look at everything about it, delete it:

      $ ${sd} kv put app/limit 5
      $ ${sd} kv get app/limit
      $ ${sd} kv get -detailed app/limit
      $ ${sd} kv delete app/limit

  Each subcommand has a help of its own.`,
)
