import type { Clock, Logger, Metrics, Random } from '@sd/runtime'
import { type CheckDefinition, type CheckType, checkKindOf, INTERVAL_MIN_MS } from './check-definition'
import type { CheckDriver, Report } from './check-driver'
import { CheckRunner } from './check-runner'
import { InvalidCheckError } from './errors'
import { Lane } from './lane'
import type { ResolvedOptions } from './options'
import type { Probe } from './probe'
import { NameLookup } from './network/name-lookup'
import { TlsContexts, type TlsSettings } from './network/tls-settings'
import { AliasProbe } from './probes/alias-probe'
import { DEFAULT_DOCKER_HOST, DockerClient } from './probes/docker-client'
import { DockerProbe } from './probes/docker-probe'
import { GrpcProbe } from './probes/grpc-probe'
import { H2PingProbe } from './probes/h2-ping-probe'
import { HttpProbe } from './probes/http-probe'
import { OsServiceProbe } from './probes/os-service-probe'
import { ScriptProbe } from './probes/script-probe'
import { TcpProbe } from './probes/tcp-probe'
import { UdpProbe } from './probes/udp-probe'
import { TtlProbe } from './probes/ttl-probe'
import { StatusGate } from './status-gate'
import type { StatusSource } from './status-source'

/** How long one run may take by default, in milliseconds (Consul's). */
const SOCKET_TIMEOUT_MS = 10_000
const PROCESS_TIMEOUT_MS = 30_000

export interface DriverPorts {
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly metrics: Metrics
  readonly statusSource?: StatusSource | undefined
}

/** Makes the driver that a definition asks for, and owns what drivers share. */
export class DriverFactory {
  readonly #lanes: Record<Probe['cost'], Lane>
  readonly #lookup: NameLookup
  readonly #tls: TlsContexts
  #docker: DockerClient | undefined

  constructor(
    private readonly ports: DriverPorts,
    private readonly options: ResolvedOptions,
  ) {
    this.#lanes = { socket: new Lane(options.concurrentProbesMax), process: new Lane(options.concurrentProcessesMax) }
    this.#lookup = new NameLookup(ports.clock, options.lookup)
    this.#tls = new TlsContexts(options.tls)
  }

  create(check: CheckDefinition, report: Report): CheckDriver {
    const { clock, logger } = this.ports
    const kind = checkKindOf(check)
    if (kind === 'ttl') {
      return new TtlProbe({ clock, logger, report }, check.id, check.ttlMs ?? 0, () => this.#outputMaxBytes(check))
    }
    if (kind === 'alias') {
      if (!this.ports.statusSource) throw new InvalidCheckError(check.id, 'alias checks need a statusSource port')
      const target = {
        checkId: check.id,
        node: check.aliasNode ?? '',
        serviceId: check.aliasService ?? '',
        token: check.token,
      }
      return new AliasProbe({ clock, logger, source: this.ports.statusSource, report }, target)
    }
    const probe = this.#probe(kind, check)
    const gate = new StatusGate(check)
    return new CheckRunner(
      { ...this.ports, lane: this.#lanes[probe.cost], probe, gate, report },
      check.id,
      this.#intervalMs(check),
    )
  }

  /** Lets go of what drivers shared; no driver may be used after it. */
  async close(): Promise<void> {
    this.#lookup.close()
    await this.#docker?.close()
    this.#docker = undefined
  }

  #outputMaxBytes(check: CheckDefinition): number {
    const own = check.outputMaxSize ?? 0
    return own > 0 ? Math.min(own, this.options.outputMaxSize) : this.options.outputMaxSize
  }

  #intervalMs(check: CheckDefinition): number {
    const intervalMs = check.intervalMs ?? 0
    if (intervalMs >= INTERVAL_MIN_MS) return intervalMs
    this.ports.logger.warn('check has interval below minimum', { check: check.id, minimumMs: INTERVAL_MIN_MS })
    return INTERVAL_MIN_MS
  }

  #probe(kind: Exclude<CheckType, '' | 'ttl' | 'alias'>, check: CheckDefinition): Probe {
    const lookup = this.#lookup
    const { scriptEnvironment: environment } = this.options
    const outputMaxBytes = () => this.#outputMaxBytes(check)
    const socketTimeoutMs = check.timeoutMs || SOCKET_TIMEOUT_MS
    const processTimeoutMs = check.timeoutMs || PROCESS_TIMEOUT_MS
    const tlsIf = (isWanted: boolean | undefined) => (isWanted ? this.#tlsSettings(check) : undefined)
    switch (kind) {
      case 'http': {
        const tls = () => this.#tlsSettings(check)
        return new HttpProbe({ lookup, tls, outputMaxBytes }, check, socketTimeoutMs)
      }
      case 'tcp':
        return new TcpProbe(lookup, check.tcp ?? '', socketTimeoutMs, tlsIf(check.tcpUseTls))
      case 'udp':
        return new UdpProbe(lookup, check.udp ?? '', socketTimeoutMs)
      case 'grpc':
        return new GrpcProbe(lookup, check.grpc ?? '', socketTimeoutMs, tlsIf(check.grpcUseTls))
      case 'h2ping':
        return new H2PingProbe(lookup, check.h2ping ?? '', socketTimeoutMs, tlsIf(check.h2pingUseTls ?? true))
      case 'docker': {
        const client = (this.#docker ??= new DockerClient(this.#dockerHost(), lookup))
        const args = check.scriptArgs ?? []
        return new DockerProbe(client, check.dockerContainerId ?? '', args, check.timeoutMs ?? 0, outputMaxBytes)
      }
      case 'script':
        return new ScriptProbe(check.scriptArgs ?? [], processTimeoutMs, { environment, outputMaxBytes })
      case 'os_service':
        return new OsServiceProbe(check.osService ?? '', processTimeoutMs, environment)
    }
  }

  #tlsSettings(check: CheckDefinition): TlsSettings {
    return {
      context: this.#tls.context,
      serverName: check.tlsServerName ?? '',
      skipVerify: check.tlsSkipVerify ?? false,
    }
  }

  #dockerHost(): string {
    return this.options.dockerHost || process.env['DOCKER_HOST'] || DEFAULT_DOCKER_HOST
  }
}
