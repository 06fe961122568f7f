import { type ChildProcess, spawn } from 'node:child_process'
import { errorCode, systemErrorText } from '../network/go-error'
import type { OutputBuffer } from '../output-buffer'

export interface ProcessExit {
  /** 'exited': it and all that hold its output are done. 'stopped': the signal aborted. 'notStarted': see `reason`. */
  readonly kind: 'exited' | 'stopped' | 'notStarted'
  /** Undefined when a signal ended it. */
  readonly exitCode?: number | undefined
  readonly reason?: string
  /** Resolves when the process is gone. */
  readonly finished: Promise<void>
}

export interface ProcessOptions {
  readonly args: readonly string[]
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined
  readonly output: OutputBuffer
  readonly signal: AbortSignal
}

const isWindows = process.platform === 'win32'

/**
 * Runs a command in a process group of its own, with its output (both streams) in `output`.
 * When `signal` aborts, the whole group is killed and the answer does not wait for it.
 */
export function runProcess({ args, environment, output, signal }: ProcessOptions): Promise<ProcessExit> {
  const [command = '', ...rest] = args
  const gone: ProcessExit = { kind: 'notStarted', finished: Promise.resolve() }
  return new Promise((resolve) => {
    let child: ChildProcess
    try {
      child = spawn(command, rest, {
        detached: !isWindows,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: environment ?? process.env,
        windowsHide: true,
      })
    } catch (error) {
      // A NUL byte in an argument, or no memory to fork.
      return resolve({ ...gone, reason: startErrorText(command, error) })
    }
    const finished = new Promise<void>((done) => {
      child.once('exit', () => done()).once('error', () => done())
    })
    let isStopped = false
    const settle = (exit: ProcessExit) => {
      if (isStopped && exit.kind !== 'stopped') return
      signal.removeEventListener('abort', onAbort)
      resolve(exit)
    }
    const onAbort = () => {
      isStopped = true
      killGroup(child)
      // Two turns of the event loop: what was written before is read in between.
      setImmediate(() => setImmediate(() => settle({ kind: 'stopped', finished })))
      // A process that left the group may hold the pipes for ever.
      void finished.then(() => {
        child.stdout?.destroy()
        child.stderr?.destroy()
      })
    }
    child.stdout?.on('data', (chunk: Buffer) => output.write(chunk))
    child.stderr?.on('data', (chunk: Buffer) => output.write(chunk))
    child.once('error', (error) => settle({ ...gone, reason: startErrorText(command, error) }))
    // 'close' and not 'exit': what children in the background still write belongs to the output, as in Consul.
    child.once('close', (exitCode) => settle({ kind: 'exited', exitCode: exitCode ?? undefined, finished }))
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    if (isWindows) child.kill('SIGKILL')
    else process.kill(-child.pid, 'SIGKILL')
  } catch {
    // It ended meanwhile.
  }
}

/** Go's words for a command that does not start. */
function startErrorText(command: string, error: unknown): string {
  const isSearched = !/[/\\]/.test(command)
  if (isSearched && ['ENOENT', 'EACCES', 'ENOTDIR'].includes(errorCode(error))) {
    return `exec: ${JSON.stringify(command)}: executable file not found in $PATH`
  }
  return `fork/exec ${command}: ${systemErrorText(error)}`
}
