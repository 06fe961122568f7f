/** The agent's image itself: what is in it, what its arguments and environment do, and that it stops and starts again. */
import { lines } from '../workshop/client'
import type { Step } from '../workshop/step'
import { AGENT_IMAGE, BASE_IMAGE, type ContainerStage } from './container-stage'

/** The command, its entry point and a user. */
const ADDED_BYTES_MAX = 5_000_000
/** Processes whose parent is gone before they end; nobody takes them in but the first process. */
const MAKE_ORPHANS = 'for each in 1 2 3; do (sleep 0.1 &); done; sleep 0.5'
const COUNT_ZOMBIES = 'cat /proc/[0-9]*/stat 2>/dev/null | grep -c ") Z " || true'

export function agentImageSteps(step: Step, stage: () => ContainerStage): void {
  const docker = (...args: string[]) => stage().consul.docker(...args)
  const inAgent = (...command: string[]) => docker('exec', 'consul', ...command)
  const runOnce = (...args: string[]) => docker('run', '--rm', ...args)

  step('image: a healthy container', async ({ see }) => {
    await see(() => docker('inspect', '-f', '{{.State.Health.Status}}', 'consul'), 'healthy', 40)
  })

  step('image: tini is the first process, the agent runs as user consul', async () => {
    expect(await inAgent('cat', '/proc/1/comm')).toBe('tini')
    const owner = 'for p in /proc/[0-9]*; do grep -q bin/sd $p/cmdline 2>/dev/null && stat -c %U $p; done'
    expect(new Set(lines(await inAgent('sh', '-c', owner)))).toContain('consul')
    expect(await inAgent('stat', '-c', '%U', '/consul/data', '/consul/config/local.json')).toBe('consul\nroot')
  })

  step('image: ended orphans are taken in', async () => {
    expect(await inAgent('sh', '-c', `${MAKE_ORPHANS}; ${COUNT_ZOMBIES}`)).toBe('0')
  })

  step('image: sd and consul are commands inside', async () => {
    expect(await inAgent('sd', 'members')).toMatch(/\balive\b/)
    expect(await inAgent('consul', 'members')).toBe(await inAgent('sd', 'members'))
  })

  step('image: arguments are flags, subcommands or programs', async () => {
    const version = await runOnce(AGENT_IMAGE, 'version')
    expect(version).toMatch(/^Consul v1\./)
    expect(await runOnce(AGENT_IMAGE, '--version')).toBe(version)
    expect(await runOnce(AGENT_IMAGE, 'sd', 'version')).toBe(version)
    expect(await runOnce(AGENT_IMAGE, 'sh', '-c', 'command -v curl && id -un')).toBe('/usr/bin/curl\nroot')
  })

  step('image: interfaces and privileged ports by environment, as any user', async ({ see }) => {
    const env = [
      '-e',
      'CONSUL_BIND_INTERFACE=eth0',
      '-e',
      'CONSUL_CLIENT_INTERFACE=eth0',
      '-e',
      'CONSUL_ALLOW_PRIVILEGED_PORTS=1',
    ]
    const narrow = ['--sysctl', 'net.ipv4.ip_unprivileged_port_start=1024']
    const agent = ['agent', '-server', '-bootstrap-expect=1', '-dns-port=53']
    await docker('run', '-d', '--name', 'narrow', ...narrow, ...env, AGENT_IMAGE, ...agent)
    const address = await docker('inspect', '-f', '{{.NetworkSettings.IPAddress}}', 'narrow')
    const ask = ['dig', '+time=1', '+tries=1', '+short', `@${address}`, 'consul.service.consul']
    await see(async () => (await stage().consul.machine.run(ask)).stdout.trim(), address, 20)
    expect(await docker('exec', 'narrow', 'docker-healthcheck.sh')).toBe('')
    await docker('rm', '-f', '-v', 'narrow')
  })

  step('image: wrong environment ends the container with a reason', async () => {
    const broken = runOnce('-e', 'CONSUL_LOCAL_CONFIG={"ports":', AGENT_IMAGE)
    await expect(broken).rejects.toThrow('/consul/config/local.json')
    const unknown = runOnce('-e', 'CONSUL_BIND_INTERFACE=eth9', AGENT_IMAGE)
    await expect(unknown).rejects.toThrow('interface eth9 has no address; there are: lo, eth0')
  })

  step('image: adds little to its base', async () => {
    const sizeOf = async (image: string) => Number(await docker('inspect', '-f', '{{.Size}}', image))
    expect((await sizeOf(AGENT_IMAGE)) - (await sizeOf(BASE_IMAGE))).toBeLessThan(ADDED_BYTES_MAX)
  })

  step('image: runs with --user and without capabilities', async ({ see }) => {
    await docker('run', '-d', '--name', 'plain', '--user', '8500:8500', '--cap-drop', 'ALL', AGENT_IMAGE)
    await see(() => docker('exec', 'plain', 'docker-healthcheck.sh').catch(() => 'no answer'), '', 20)
    await docker('rm', '-f', '-v', 'plain')
  })

  step('image: labels, health check and volume are declared', async () => {
    const config = JSON.parse(await docker('inspect', '-f', '{{json .Config}}', AGENT_IMAGE))
    expect(config.Labels).toMatchObject({
      'org.opencontainers.image.title': 'sd agent',
      'org.opencontainers.image.version': '0.0.0-test',
      'org.opencontainers.image.licenses': 'MIT',
    })
    expect(Object.keys(config.Volumes)).toEqual(['/consul/data'])
    expect(Object.keys(config.ExposedPorts).sort()).toEqual(
      ['8300/tcp', '8301/tcp', '8301/udp', '8302/tcp', '8302/udp', '8500/tcp', '8600/tcp', '8600/udp'].sort(),
    )
  })

  step('image: docker stop ends the agent in order, docker start finds its data', async ({ took }) => {
    await stage().client.curl('-X', 'PUT', '-d', 'kept', stage().client.url('/v1/kv/key'))
    await docker('stop', '-t', '8', 'consul')
    // A server that stops on SIGTERM without leaving ends with 1, as Consul's does.
    expect(await docker('inspect', '-f', '{{.State.ExitCode}}', 'consul')).toBe('1')
    await docker('start', 'consul')
    took(await stage().untilCatalogAnswers())
    expect(await stage().client.curl(stage().client.url('/v1/kv/key?raw'))).toBe('kept')
  })
}
