/** A server in a process of its own: `journal write|fill DIRECTORY`. Says on stdout what was acknowledged. */
import { writeSync } from 'node:fs'
import { isSdError, systemClock, systemRandom } from '@sd/runtime'
import { FileStorage, MemoryTransport, RaftNode } from '../../src/index'
import { JournalStateMachine } from '../../src/testing/journal-state-machine'

const [mode, directory] = process.argv.slice(2) as [string, string]

/** Proposals that run at once. */
const WRITERS = 8

async function main(): Promise<void> {
  const stateMachine = new JournalStateMachine()
  const node = new RaftNode(
    {
      storage: new FileStorage(directory),
      transport: new MemoryTransport('a'),
      stateMachine,
      clock: systemClock,
      random: systemRandom,
    },
    { id: 'a', voters: [{ id: 'a', address: '' }] },
  )
  await node.start()
  await node.whenLeader()
  await node.readIndex()
  let next = stateMachine.commands.length
  const padding = mode === 'fill' ? 'x'.repeat(4096) : ''
  const writer = async () => {
    for (;;) {
      const command = `${next++}`
      await node.propose(Buffer.from(command + padding))
      writeSync(1, `${command}\n`)
      if (mode === 'once') return
    }
  }
  try {
    await Promise.all(Array.from({ length: mode === 'once' ? 1 : WRITERS }, writer))
  } catch (error) {
    writeSync(1, `${isSdError(error) ? error.code : String(error)}\n`)
    writeSync(1, `${node.role}\n`)
  }
  await node.stop()
}

main().catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})
