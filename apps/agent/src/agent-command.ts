/** `sd agent`: reads the configuration, starts, waits for a signal, stops. */
import type { CliIo, Command } from '@sd/cli'
import { FlagsError } from '@sd/cli/flags'
import { errorMessage, systemClock, systemRandom } from '@sd/runtime'
import { agentProcess } from './agent-process'
import { banner, suggestions } from './banner'
import { composeAgent } from './compose-agent'
import {
  agentFlagDefaults,
  type AgentFlags,
  agentUsage,
  loadConfig,
  parseAgentFlags,
  type RuntimeConfig,
} from './config/index'
import {
  LogFile,
  LogMonitor,
  type LogSink,
  LogWriter,
  parseLogLevel,
  StreamSink,
  unknownLevelMessage,
} from './logging/index'
import { lockDataDir } from './data-dir-lock'
import { nodeId } from './node-id'
import { writePidFile } from './pid-file'
import { applyReload } from './reload'
import { isGraceful, onSignals } from './signals'
import { createTelemetry } from './telemetry/index'

const HELP = (program: string) => `Usage: ${program} agent [options]

  Starts the agent and runs until an interrupt is received. The agent is
  a single server of the cluster; -dev starts one in memory.`

export const agentCommand: Command = {
  synopsis: 'Runs an agent',
  help: (program) => agentUsage(HELP(program)),
  async run(argv, { io }) {
    let flags: AgentFlags
    try {
      flags = parseAgentFlags(argv)
    } catch (error) {
      if (!(error instanceof FlagsError)) throw error
      io.stderr.write(error.code === 'FLAGS_HELP' ? agentFlagDefaults() : `${error.message}\n${agentFlagDefaults()}`)
      return 1
    }
    const refuse = (message: string): number => {
      io.stderr.write(`==> ${message}\n`)
      return 1
    }
    if (flags.args.length > 0) return refuse(`Unexpected extra arguments: [${flags.args.join(' ')}]`)
    try {
      const { config, warnings } = await loadConfig(flags)
      if (!config.server) {
        return refuse('this version runs servers only; add -server -bootstrap-expect=1 and -data-dir, or try -dev')
      }
      if (!config.bootstrap && !config.dev) {
        return refuse('this version runs one server alone; add -bootstrap-expect=1')
      }
      return await runAgent(config, flags, warnings, io)
    } catch (error) {
      return refuse(errorMessage(error))
    }
  },
}

async function runAgent(
  loaded: RuntimeConfig,
  flags: AgentFlags,
  warnings: readonly string[],
  io: CliIo,
): Promise<number> {
  let config = loaded
  const level = parseLogLevel(config.logLevel)
  if (!level) throw new Error(unknownLevelMessage(config.logLevel))
  const id = await nodeId(config.nodeId, config.dev ? undefined : config.dataDir)
  const file = config.logFile ? logFile(config) : undefined
  await file?.start()
  const sinks: LogSink[] = [new StreamSink(io.stdout), ...(file ? [file] : [])]
  const log = new LogWriter({ clock: systemClock, sinks }, { level, json: config.logJson })
  const monitor = new LogMonitor(log)
  const telemetry = createTelemetry(config, systemClock)
  if (!config.logJson) io.stdout.write(`==> Starting agent...\n${banner(config, id)}\n\n`)

  let end: (exitCode: number) => void = () => {}
  const ended = new Promise<number>((resolve) => (end = resolve))
  let reloading: Promise<void> = Promise.resolve()
  const reload = () => {
    reloading = reloading
      .catch(() => {})
      .then(async () => {
        log.info('Reloading configuration...')
        const next = await loadConfig(flags)
        for (const warning of next.warnings) log.warn(warning)
        config = await applyReload(config, next.config, {
          ...composed,
          metrics: telemetry.metrics,
          log,
          logger: log,
        })
      })
    return reloading
  }

  const composed = composeAgent(config, id, {
    clock: systemClock,
    random: systemRandom,
    logger: log,
    metrics: telemetry.metrics,
    process: (server, agent) =>
      agentProcess({
        config: () => config,
        nodeId: id,
        server,
        agent,
        clock: systemClock,
        sink: telemetry.memory,
        monitor,
        prometheus: () => telemetry.prometheus?.toText(),
        reload,
        // The answer goes out before the server that carries it stops.
        leave: async () => void setImmediate(() => end(0)),
      }),
  })
  composed.server.store.on('failed', ({ error }) => {
    log.error('the raft log failed; the agent stops so that nothing is acknowledged that could be lost', {
      error: errorMessage(error),
    })
    end(1)
  })

  let stopping = false
  let leaving = false
  const signals = onSignals({
    stop(signal) {
      log.info('Caught', { signal })
      if (stopping) {
        log.info('Caught second signal, Exiting', { signal })
        void removePidFile().finally(() => process.exit(1))
        return
      }
      stopping = true
      leaving = isGraceful(signal, config)
      log.info(leaving ? 'Gracefully shutting down agent...' : 'Graceful shutdown disabled. Exiting')
      end(leaving ? 0 : 1)
    },
    reload: () => void reload().catch((error) => log.error('Reload config failed', { error: errorMessage(error) })),
  })
  let starting: Promise<void> = Promise.resolve()
  let releaseDataDir = async () => {}
  let removePidFile = async () => {}
  // Keeps the process alive while nothing listens yet.
  const hold = setInterval(() => {}, 2 ** 30)

  try {
    if (!config.dev) releaseDataDir = await lockDataDir(config.dataDir)
    if (config.pidFile) removePidFile = await writePidFile(config.pidFile)
    for (const warning of warnings) log.warn(warning)
    await telemetry.start()
    starting = composed.start()
    if ((await Promise.race([starting, ended])) !== undefined) return await ended
    log.info('Agent is running', { http: config.listen.http.length, dns: config.listen.dns.length })
    if (config.dev && !config.logJson) io.stdout.write(`${suggestions(config)}\n\n`)
    return await ended
  } finally {
    // What is only half started cannot be stopped.
    await starting.catch(() => {})
    await composed.stop().catch((error) => log.error('failed to stop cleanly', { error: errorMessage(error) }))
    await telemetry.stop()
    clearInterval(hold)
    await removePidFile()
    await releaseDataDir()
    if (leaving) log.info('Graceful exit completed')
    await file?.stop()
    signals.dispose()
  }
}

const logFile = (config: RuntimeConfig): LogFile =>
  new LogFile({ clock: systemClock }, config.logFile, {
    rotateDurationMs: config.logRotateDurationMs,
    rotateBytes: config.logRotateBytes,
    rotateMaxFiles: config.logRotateMaxFiles,
  })
