/** `sd-registrator [options] <registry URI>`: parse, compose, start, wait for a signal, stop. */
import { errorMessage } from '@sd/runtime'
import { version } from '../package.json'
import { composeRegistrator } from './compose-registrator'
import { lineLogger } from './line-logger'
import { parseCommandLine, usage } from './registrator-flags'

export interface CommandIo {
  env: Readonly<Record<string, string | undefined>>
  stdout: (text: string) => void
  stderr: (text: string) => void
  /** This machine's name, part of every service id. */
  hostname: string
  resolve: (hostname: string) => Promise<string>
  exists: (path: string) => boolean
  /** Ends the program; services stay registered. */
  signal: AbortSignal
}

const PROGRAM = 'sd-registrator'

/** Runs until `io.signal` aborts. Resolves with the exit code: 0, 1 for what cannot work, 2 for a wrong command line. */
export async function runRegistrator(argv: readonly string[], io: CommandIo): Promise<number> {
  const logger = lineLogger(io.stderr, { isVerbose: Boolean(io.env['SD_REGISTRATOR_DEBUG']) })
  try {
    const line = parseCommandLine(argv)
    switch (line.kind) {
      case 'version':
        io.stdout(`v${version}\n`)
        return 0
      case 'help':
        io.stderr(usage(PROGRAM))
        return 0
      case 'unreadable':
        io.stderr(`${line.message}\n\n${usage(PROGRAM)}`)
        return 2
      case 'run':
        logger.info(`Starting ${PROGRAM} v${version} ...`)
        if (line.flags.ip) logger.info(`Forcing host IP to ${line.flags.ip}`)
        return await runUntil(
          io.signal,
          composeRegistrator(line.flags, line.registryUri, await surroundings(io, logger)),
          logger,
        )
    }
  } catch (error) {
    if (io.signal.aborted) return 0
    logger.error(`${PROGRAM}: ${errorMessage(error)}`)
    return 1
  }
}

async function runUntil(
  signal: AbortSignal,
  registrator: ReturnType<typeof composeRegistrator>,
  logger: ReturnType<typeof lineLogger>,
): Promise<number> {
  logger.info(`Using consul adapter: ${registrator.registryAddress}`)
  try {
    await registrator.start({ signal })
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve()
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
  } finally {
    await registrator.stop()
  }
  return 0
}

async function surroundings(io: CommandIo, logger: ReturnType<typeof lineLogger>) {
  const hostAddress = await io.resolve(io.hostname).catch(() => '')
  return { env: io.env, hostname: io.hostname, hostAddress, exists: io.exists, logger }
}
