/** One line per service, as the web UI lists them, from all instances. */
import type { CheckServiceNode, CheckStatus, JsonValue, ServiceKind } from '@sd/model'
import { compareText, jsonAny } from '@sd/model'

const EXTERNAL_SOURCE = 'external-source'

interface Summary {
  readonly name: string
  readonly peerName: string
  kind: ServiceKind
  datacenter: string
  readonly tags: Set<string>
  readonly nodes: Set<string>
  readonly externalSources: Set<string>
  instanceCount: number
  isConnectNative: boolean
  isTransparent: boolean | undefined
  /** Status by node and check. */
  readonly checks: Map<string, CheckStatus>
}

const member = (value: JsonValue, name: string): JsonValue | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, JsonValue>>)[name]
    : undefined

function addChecks(summary: Summary, { node, checks }: CheckServiceNode): void {
  for (const check of checks ?? []) summary.checks.set(`${node?.node}\u0000${check.checkId}`, check.status)
}

/** The JSON of `/v1/internal/ui/services`. */
export function serviceSummariesJson(dump: readonly CheckServiceNode[]): string {
  const summaries = new Map<string, Summary>()
  const withProxy = new Set<string>()
  const summaryOf = (peerName: string, name: string): Summary => {
    const key = `${peerName}\u0000${name}`
    let summary = summaries.get(key)
    if (!summary) {
      summary = {
        name,
        peerName,
        kind: '',
        datacenter: '',
        tags: new Set(),
        nodes: new Set(),
        externalSources: new Set(),
        instanceCount: 0,
        isConnectNative: false,
        isTransparent: undefined,
        checks: new Map(),
      }
      summaries.set(key, summary)
    }
    return summary
  }
  for (const item of dump) {
    const { node, service } = item
    if (!service || !node) continue
    const summary = summaryOf(node.peerName, service.service)
    summary.nodes.add(node.node)
    summary.kind = service.kind
    summary.datacenter = node.datacenter
    summary.instanceCount++
    if (member(service.connect, 'Native') === true) summary.isConnectNative = true
    if (service.kind === 'connect-proxy') {
      const destination = String(member(service.proxy, 'DestinationServiceName') ?? '')
      withProxy.add(`${node.peerName}\u0000${destination}`)
      const target = summaryOf(node.peerName, destination)
      addChecks(target, item)
      // One proxy that is not transparent is enough to warn about.
      target.isTransparent = (target.isTransparent ?? true) && member(service.proxy, 'Mode') === 'transparent'
    }
    for (const tag of service.tags ?? []) summary.tags.add(tag)
    const source = service.meta?.[EXTERNAL_SOURCE]
    if (source) summary.externalSources.add(source)
    addChecks(summary, item)
  }
  const lines = [...summaries.entries()]
    .sort(([, a], [, b]) => compareText(a.name, b.name))
    .map(([key, summary]) => summaryJson(summary, withProxy.has(key)))
  return `[${lines.join(',')}]`
}

const orNull = (values: readonly string[]): readonly string[] | null => (values.length === 0 ? null : values)

function summaryJson(summary: Summary, connectedWithProxy: boolean): string {
  const statuses = [...summary.checks.values()]
  const count = (status: CheckStatus) => statuses.filter((item) => item === status).length
  return jsonAny({
    ...(summary.kind === '' ? {} : { Kind: summary.kind }),
    Name: summary.name,
    Datacenter: summary.datacenter,
    Tags: orNull([...summary.tags].sort(compareText)),
    Nodes: orNull([...summary.nodes].sort(compareText)),
    ExternalSources: orNull([...summary.externalSources]),
    InstanceCount: summary.instanceCount,
    ChecksPassing: count('passing'),
    ChecksWarning: count('warning'),
    ChecksCritical: count('critical'),
    GatewayConfig: {},
    TransparentProxy: summary.isTransparent ?? false,
    ConnectNative: summary.isConnectNative,
    ...(summary.peerName === '' ? {} : { PeerName: summary.peerName }),
    ConnectedWithProxy: connectedWithProxy,
    ConnectedWithGateway: false,
  })
}
