/**
 * A machine of the workshop, as docker-machine would make one: its own host name, network, processes, mounts and /run, on this computer.
 * All of it hangs on one process that reads its standard input. When the test ends, in whatever way, that input ends, and the kernel
 * ends every process, mount and interface of the machine with it: nothing is left to clean up but files.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, readFileSync } from 'node:fs'
import { must, run, type RunOptions, type RunResult } from '../support/run'
import { Program } from './program'

/** It waits for a child that reads, not for the input itself, because a shell takes in ended orphans only while it waits. */
const FIRST_PROCESS = [
  'hostname "$0" && mount -t tmpfs tmpfs /run && ip link set lo up || exit 1',
  'exec 3<&0; cat <&3 >/dev/null & echo ready; wait "$!"',
].join('; ')

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Receives what the program prints; appended. */
  readonly logFile: string
}

export class Machine {
  /** Process id of the first process, as this computer sees it. */
  readonly pid: number
  readonly name: string
  readonly #holder: ChildProcess

  private constructor(name: string, pid: number, holder: ChildProcess) {
    this.name = name
    this.pid = pid
    this.#holder = holder
  }

  static async start(name: string): Promise<Machine> {
    const isolation = ['--uts', '--net', '--pid', '--mount', '--mount-proc', '--fork', '--kill-child']
    const holder = spawn('unshare', [...isolation, 'sh', '-c', FIRST_PROCESS, name], {
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    let complaints = ''
    holder.stderr.on('data', (text: Buffer) => (complaints += text.toString()))
    const ready = await Promise.race([
      once(holder.stdout, 'data').then(() => true),
      once(holder, 'close').then(() => false),
    ])
    if (!ready) throw new Error(`machine ${name} did not start: ${complaints}`)
    const children = readFileSync(`/proc/${holder.pid}/task/${holder.pid}/children`, 'utf8').trim().split(' ')
    return new Machine(name, Number(children[0]), holder)
  }

  /** The same command, to be run from outside. */
  enter(command: readonly string[]): [string, string[]] {
    return ['nsenter', ['-t', String(this.pid), '--uts', '--net', '--pid', '--mount', '--', ...command]]
  }

  run(command: readonly string[], options?: RunOptions): Promise<RunResult> {
    return run(...this.enter(command), options)
  }

  must(command: readonly string[], options?: RunOptions): Promise<string> {
    return must(...this.enter(command), options)
  }

  /** Starts a program that stays. */
  async start(name: string, command: readonly string[], options: ProgramOptions): Promise<Program> {
    const announced = ['sh', '-c', 'echo $$ >&3; exec "$@" 3>&-', name, ...command]
    const child = spawn(...this.enter(announced), {
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    })
    const log = createWriteStream(options.logFile, { flags: 'a' })
    child.stdout?.pipe(log, { end: false })
    child.stderr?.pipe(log, { end: false })
    child.once('close', () => log.end())
    const announcement = child.stdio[3] as NodeJS.ReadableStream
    const [pid] = (await once(announcement, 'data')) as [Buffer]
    return new Program(name, this, Number(pid.toString()), child)
  }

  /** All of the machine ends at once, as when its plug is pulled. */
  async stop(): Promise<void> {
    if (this.#holder.exitCode !== null || this.#holder.signalCode !== null) return
    const closed = once(this.#holder, 'close')
    this.#holder.stdin?.end()
    await closed
  }
}
