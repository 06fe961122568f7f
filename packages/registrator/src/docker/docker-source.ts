/** A Docker engine as a source of containers. */
import type { Clock, Random } from '@sd/runtime'
import { type Container, parseContainer } from '../container'
import { EngineAnswerError } from '../errors'
import type { CallOptions } from '../registry'
import { containerAddress } from '../services-from-container'
import type { ContainerSource, EngineEvent } from '../source'
import { DockerClient } from './docker-client'
import { dockerEvents, type DockerEventsOptions } from './docker-events'
import type { DockerHost } from './docker-host'

export interface DockerSourcePorts {
  clock: Clock
  random: Random
}

export interface DockerSourceOptions extends DockerEventsOptions {
  host: DockerHost
}

const JOINED = 'container:'

export class DockerSource implements ContainerSource {
  readonly #client: DockerClient

  constructor(
    private readonly ports: DockerSourcePorts,
    private readonly options: DockerSourceOptions,
  ) {
    this.#client = new DockerClient(options.host)
  }

  async ping(options?: CallOptions): Promise<void> {
    await this.#client.negotiate(options)
  }

  async listRunning(options?: CallOptions): Promise<string[]> {
    const answer = await this.#client.fetch('/containers/json', options)
    if (!Array.isArray(answer)) throw new EngineAnswerError('list containers', 'the answer is not a list')
    return answer.map((item: { Id?: unknown } | null) => item?.Id).filter((id) => typeof id === 'string')
  }

  async inspect(containerId: string, options?: CallOptions): Promise<Container | undefined> {
    const answer = await this.#client.fetch(`/containers/${encodeURIComponent(containerId)}/json`, options)
    if (answer === undefined) return undefined
    const container = parseContainer(answer)
    if (!container.networkMode.startsWith(JOINED)) return container
    const joinedId = container.networkMode.slice(JOINED.length)
    const joined = await this.#client.fetch(`/containers/${encodeURIComponent(joinedId)}/json`, options)
    return joined === undefined ? container : { ...container, joinedAddress: containerAddress(parseContainer(joined)) }
  }

  events({ signal }: { signal: AbortSignal }): AsyncIterable<EngineEvent> {
    return dockerEvents({ ...this.ports, client: this.#client }, { ...this.options, signal })
  }

  async close(): Promise<void> {
    await this.#client.close()
  }
}
