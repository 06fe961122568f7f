import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { begin, run, temporaryDirectory } from '../../test/support/servers'
import { OsServiceProbe, readScQuery, readSystemctlShow } from './os-service-probe'
import { ScriptProbe } from './script-probe'

const probe = (args: string[], timeoutMs = 30_000, environment?: Record<string, string>, outputMaxBytes = 4_096) =>
  new ScriptProbe(args, timeoutMs, { environment, outputMaxBytes: () => outputMaxBytes })
const sh = (script: string, timeoutMs?: number) => probe(['sh', '-c', script], timeoutMs)

/** Resolves when `path` has content: the script under test got that far. */
async function appeared(path: string): Promise<string> {
  for (;;) {
    if (existsSync(path) && readFileSync(path, 'utf8').endsWith('\n')) return readFileSync(path, 'utf8').trim()
    await new Promise((resolve) => setImmediate(resolve))
  }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    // A killed process may wait for its parent to be buried.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

describe('script', () => {
  test.each([
    [0, 'passing'],
    [1, 'warning'],
    [2, 'critical'],
    [127, 'critical'],
  ])('exit code %d is %s, with the output of both streams', async (code, status) => {
    expect(await run(sh(`echo out; echo err >&2; exit ${code}`))).toMatchObject({
      status,
      output: expect.stringMatching(/^(out\nerr|err\nout)\n$/),
    })
  })

  test('a killed script is critical', async () => {
    expect(await run(sh('kill -9 $$'))).toEqual({ status: 'critical', output: '' })
  })

  test('of a long output the end is kept, with a note', async () => {
    const { status, output } = await run(sh('yes | head -c 10000'))
    expect(status).toBe('passing')
    expect(output).toBe(`Captured 4096 of 10000 bytes\n...\n${'y\n'.repeat(2_048)}`)
  })

  test('the command is not run by a shell, and gets the environment it should', async () => {
    const environment = { PATH: process.env['PATH'] ?? '', GREETING: 'hi' }
    expect((await run(probe(['echo', '$GREETING; ls'], 0, environment))).output).toBe('$GREETING; ls\n')
    expect((await run(probe(['sh', '-c', 'echo $GREETING'], 0, environment))).output).toBe('hi\n')
  })

  test.each([
    ['nosuchcommand', 'exec: "nosuchcommand": executable file not found in $PATH'],
    ['/no/such', 'fork/exec /no/such: no such file or directory'],
    ['/etc/passwd', 'fork/exec /etc/passwd: permission denied'],
  ])('%s does not start: critical at once', async (command, output) => {
    expect(await run(probe([command]))).toEqual({ status: 'critical', output, isFinal: true })
  })

  test('an argument that no process can have is critical, too', async () => {
    expect(await run(probe(['echo', 'a\0b']))).toMatchObject({ status: 'critical', isFinal: true })
  })

  test('when time is up the whole process group is killed, and what was written is shown', async () => {
    const file = join(temporaryDirectory(), 'pids')
    const running = begin(sh(`sleep 600 & echo hi; echo $$ $! > ${file}; wait`, 2_000))
    const pids = (await appeared(file)).split(' ').map(Number)
    running.timeUp()
    const result = await running.result
    await result.finished
    expect(result).toMatchObject({ status: 'critical', output: 'Timed out (2s) running check\n\nhi\n', isFinal: true })
    expect(pids).toHaveLength(2)
    while (pids.some(isAlive)) await new Promise((resolve) => setImmediate(resolve))
  })

  test('a process in the background that holds the output holds the check, until time is up', async () => {
    const file = join(temporaryDirectory(), 'pid')
    const running = begin(sh(`sleep 600 & echo $! > ${file}; echo x`, 1_500))
    const pid = Number(await appeared(file))
    let isDone = false
    void running.result.then(() => (isDone = true))
    // The script itself ends at once; give its end every chance to be taken for the end of the check.
    await run(sh('true'))
    expect(isDone).toBe(false)
    running.timeUp()
    expect((await running.result).output).toMatch(/^Timed out \(1.5s\) running check/)
    while (isAlive(pid)) await new Promise((resolve) => setImmediate(resolve))
  })
})

describe('OS service', () => {
  /** A service manager that says what it is told to. */
  const manager = (script: string) => {
    const directory = temporaryDirectory()
    writeFileSync(join(directory, 'systemctl'), `#!/bin/sh\n${script}\n`)
    chmodSync(join(directory, 'systemctl'), 0o755)
    return { PATH: `${directory}:${process.env['PATH']}` }
  }
  const ask = (script: string) => run(new OsServiceProbe('cron', 30_000, manager(script), 'linux'))

  test.each([
    ['active', 'passing', 'Service "cron" is healthy'],
    ['inactive', 'critical', 'service status: inactive - OS Service unhealthy'],
    ['failed', 'critical', 'service status: failed - OS Service unhealthy'],
    ['activating', 'warning', 'service status: activating'],
  ])('a service that is %s is %s', async (state, status, output) => {
    expect(await ask(`echo LoadState=loaded; echo ActiveState=${state}`)).toEqual({ status, output })
  })

  test('the name is handed over as a name', async () => {
    const environment = manager('echo "LoadState=loaded"; echo "ActiveState=$4"')
    const result = await run(new OsServiceProbe('--now', 30_000, environment, 'linux'))
    expect(result.output).toBe('service status: --now')
  })

  test('an unknown service and a manager that is not there are warnings', async () => {
    expect((await ask('echo LoadState=not-found; echo ActiveState=inactive')).status).toBe('warning')
    expect((await ask('echo "System has not been booted with systemd" >&2; exit 1')).output).toBe(
      'error accessing service: System has not been booted with systemd',
    )
    const nowhere = { PATH: temporaryDirectory() }
    expect(await run(new OsServiceProbe('cron', 30_000, nowhere, 'linux'))).toEqual({
      status: 'warning',
      output: 'failed to connect to service manager: exec: "systemctl": executable file not found in $PATH',
    })
  })

  test('a manager that does not answer is critical when time is up', async () => {
    const file = join(temporaryDirectory(), 'started')
    const running = begin(new OsServiceProbe('cron', 1_000, manager(`echo > ${file}; sleep 600`), 'linux'))
    await appeared(file)
    running.timeUp()
    expect(await running.result).toMatchObject({ status: 'critical', output: 'Timed out (1s) running check' })
  })

  test('the answers of both service managers are read', () => {
    expect(readSystemctlShow('ActiveState=active\nLoadState=loaded\n').state).toBe('running')
    const sc = (type: string, state: string) =>
      `SERVICE_NAME: x\n        TYPE               : ${type}\n        STATE              : ${state}\n`
    expect(readScQuery(sc('10  WIN32_OWN_PROCESS', '4  RUNNING'))).toEqual({ state: 'running', name: 'Running' })
    expect(readScQuery(sc('10  WIN32_OWN_PROCESS', '7  PAUSED'))).toEqual({ state: 'stopped', name: 'Paused' })
    expect(readScQuery(sc('10  WIN32_OWN_PROCESS', '2  START_PENDING')).state).toBe('StartPending')
    expect(readScQuery('[SC] EnumQueryServicesStatus:OpenService FAILED 1060:').state).toBe('unknown')
  })
})
