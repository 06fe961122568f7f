/** Environment, labels and ports of a container become service definitions; pure. */
import type { Container, PortBinding } from './container'
import { serviceMetadata, splitTags } from './service-metadata'

/** A service as a registry keeps it. */
export interface RegisteredService {
  id: string
  name: string
  /** Empty: the registry's own node address. */
  address: string
  port: number
  tags: readonly string[]
  /** Every other `SERVICE_<KEY>`, lower-case: Consul's `Meta`. */
  attributes: Readonly<Record<string, string>>
}

/** A service that a container should have. */
export interface ContainerService extends RegisteredService {
  /** Seconds after which a registry that supports it forgets the service unless it is refreshed; 0 is never. */
  ttlSeconds: number
  origin: {
    containerId: string
    containerName: string
    containerHostname: string
    exposedPort: string
    hostPort: string
    protocol: string
  }
}

export interface ServiceRules {
  /** First part of every id, and how own services are told from those of other hosts. */
  hostname: string
  /** What `hostname` resolves to, for ports published on all addresses. @defaultValue `''`: such a port keeps `0.0.0.0` */
  hostAddress?: string
  /** Address of every service, unless `isInternal`. @defaultValue `''`: the address that the port is published on */
  address?: string
  /** Container address and exposed port, also for ports that are not published. @defaultValue false */
  isInternal?: boolean
  /** Only services that have a name in their metadata. @defaultValue false */
  isExplicit?: boolean
  /** The label whose value, up to its last `/`, is the address. @defaultValue `''` */
  addressLabel?: string
  /** Comma-separated tags appended to every service. @defaultValue `''` */
  tags?: string
  /** @defaultValue 0 */
  ttlSeconds?: number
}

/** Services by exposed port, lowest first. An empty list for a container that is ignored or has no usable port. */
export function servicesFromContainer(container: Container, rules: ServiceRules): ContainerService[] {
  const ports = usablePorts(container, rules)
  return ports.flatMap((port) => serviceOfPort(container, rules, port, ports.length > 1) ?? [])
}

interface ServicePort {
  number: string
  protocol: string
  hostAddress: string
  hostPort: string
}

function usablePorts(container: Container, rules: ServiceRules): ServicePort[] {
  const bindings = new Map<string, PortBinding | undefined>()
  // An exposed port counts as published on its own number: that is what `--net=host` means.
  for (const port of container.exposedPorts) bindings.set(port, { hostAddress: '', hostPort: port.split('/')[0] ?? '' })
  for (const [port, published] of Object.entries(container.publishedPorts)) bindings.set(port, published[0])
  return [...bindings]
    .map(([port, binding]) => {
      const [number = '', protocol = 'tcp'] = port.split('/')
      return { number, protocol, hostAddress: hostAddressOf(container, binding), hostPort: binding?.hostPort ?? '' }
    })
    .filter((port) => rules.isInternal || port.hostPort !== '')
    .sort((a, b) => Number(a.number) - Number(b.number) || (a.protocol < b.protocol ? -1 : 1))
}

function serviceOfPort(
  container: Container,
  rules: ServiceRules,
  port: ServicePort,
  isGroup: boolean,
): ContainerService | undefined {
  const { values, fromPort } = serviceMetadata(container, port.number)
  if (values.get('ignore')) return undefined
  const givenName = values.get('name')
  if (!givenName && rules.isExplicit) return undefined

  const isUdp = port.protocol === 'udp'
  const hostname = rules.hostname || port.hostAddress
  const id = `${hostname}:${container.name}:${port.number}${isUdp ? ':udp' : ''}`
  return {
    id: values.get('id') || id,
    name: (givenName || imageName(container.image)) + (isGroup && !fromPort.has('name') ? `-${port.number}` : ''),
    address: addressOf(container, rules, port),
    port: Number(rules.isInternal ? port.number : port.hostPort) || 0,
    tags: [...splitTags(values.get('tags') ?? ''), ...splitTags(rules.tags ?? ''), ...(isUdp ? ['udp'] : [])],
    attributes: Object.fromEntries([...values].filter(([key]) => key !== 'id' && key !== 'tags' && key !== 'name')),
    ttlSeconds: rules.ttlSeconds ?? 0,
    origin: {
      containerId: container.id,
      containerName: container.name,
      containerHostname: container.hostname,
      exposedPort: port.number,
      hostPort: port.hostPort,
      protocol: port.protocol,
    },
  }
}

const UNSPECIFIED = new Set(['', '0.0.0.0', '::'])
const BUILT_IN_NETWORKS = new Set(['', 'bridge', 'default', 'host', 'none', 'nat'])

/** On a network of the user's own, the container's address there; otherwise the address that the port is published on. */
function hostAddressOf(container: Container, binding: PortBinding | undefined): string {
  const mode = container.networkMode
  if (!BUILT_IN_NETWORKS.has(mode) && !mode.startsWith('container:')) {
    // The mode may be a name or, for containers made by other tools, an id.
    const network = container.networks.find(({ name, id }) => name === mode || (id !== '' && id.startsWith(mode)))
    if (network?.address) return network.address
  }
  const address = binding?.hostAddress ?? ''
  return UNSPECIFIED.has(address) ? '0.0.0.0' : address
}

function addressOf(container: Container, rules: ServiceRules, port: ServicePort): string {
  if (container.joinedAddress) return container.joinedAddress
  const label =
    rules.addressLabel && Object.hasOwn(container.labels, rules.addressLabel)
      ? container.labels[rules.addressLabel]
      : ''
  if (label) return label.includes('/') ? label.slice(0, label.lastIndexOf('/')) : label
  if (rules.isInternal) return containerAddress(container)
  if (rules.address) return rules.address
  return port.hostAddress === '0.0.0.0' ? rules.hostAddress || port.hostAddress : port.hostAddress
}

/** The address on the default bridge, else on the first network that gave one. */
export const containerAddress = (container: Pick<Container, 'address' | 'networks'>): string =>
  container.address || container.networks.find(({ address }) => address !== '')?.address || ''

/** `host:5000/team/web:1.2` is `web`; a digest's `@sha256` stays, as gliderlabs/registrator leaves it. */
const imageName = (image: string): string => (image.replace(/\/+$/, '').split('/').at(-1) ?? '').split(':')[0] ?? ''
