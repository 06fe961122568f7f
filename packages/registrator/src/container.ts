/** What we know of a container, read from the engine's inspect answer. */
import { EngineAnswerError } from './errors'

export interface PortBinding {
  /** Address on the host; empty or `0.0.0.0` means all of them. */
  hostAddress: string
  /** Port on the host in decimal; empty when the engine gave none. */
  hostPort: string
}

export interface ContainerNetwork {
  name: string
  id: string
  address: string
}

export interface Container {
  id: string
  /** Without the leading slash. */
  name: string
  /** As written at creation: `registry/name:tag`, an id or a digest. */
  image: string
  hostname: string
  /** `KEY=value` lines. */
  env: readonly string[]
  labels: Readonly<Record<string, string>>
  /** `8080/tcp`, from the image and `--expose`. */
  exposedPorts: readonly string[]
  /** What the engine really published, by `8080/tcp`; an empty list for an exposed port that is not published. */
  publishedPorts: Readonly<Record<string, readonly PortBinding[]>>
  /** `bridge`, `default`, `host`, `none`, a network's name or id, or `container:ID`. */
  networkMode: string
  /** Address on the default bridge; empty elsewhere, and always from engines of API 1.52 on. */
  address: string
  networks: readonly ContainerNetwork[]
  /** With `--net container:X`: the address of X. */
  joinedAddress?: string
  /** Running and not waiting for its restart policy; a paused container is up. */
  isUp: boolean
  exitCode: number
}

/** Reads the answer of `GET /containers/ID/json`; what is absent becomes empty, since engines differ by version. */
export function parseContainer(answer: unknown): Container {
  const root = record(answer)
  const id = text(root['Id'])
  if (!id) throw new EngineAnswerError('inspect', 'the answer has no container Id')
  const config = record(root['Config'])
  const settings = record(root['NetworkSettings'])
  const state = record(root['State'])
  return {
    id,
    name: text(root['Name']).replace(/^\//, ''),
    image: text(config['Image']),
    hostname: text(config['Hostname']),
    env: list(config['Env']).filter((line) => typeof line === 'string'),
    labels: Object.fromEntries(Object.entries(record(config['Labels'])).map(([key, value]) => [key, text(value)])),
    exposedPorts: Object.keys(record(config['ExposedPorts'])),
    publishedPorts: Object.fromEntries(
      Object.entries(record(settings['Ports'])).map(([port, bindings]) => [port, list(bindings).map(parseBinding)]),
    ),
    networkMode: text(record(root['HostConfig'])['NetworkMode']),
    address: text(settings['IPAddress']),
    networks: Object.entries(record(settings['Networks'])).map(([name, network]) => ({
      name,
      id: text(record(network)['NetworkID']),
      address: text(record(network)['IPAddress']),
    })),
    isUp: state['Running'] === true && state['Restarting'] !== true && state['Dead'] !== true,
    exitCode: typeof state['ExitCode'] === 'number' ? state['ExitCode'] : 0,
  }
}

function parseBinding(value: unknown): PortBinding {
  const binding = record(value)
  return { hostAddress: text(binding['HostIp']), hostPort: text(binding['HostPort']) }
}

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
