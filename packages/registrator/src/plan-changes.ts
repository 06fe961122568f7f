/** Desired and actual services become the calls that make them agree; pure. */
import type { ContainerService, RegisteredService } from './services-from-container'

export interface ChangeInputs {
  desired: Iterable<ContainerService>
  /** What the registry holds, by whomever it was registered. */
  actual: Iterable<RegisteredService>
  /** What this process has registered and had confirmed; `undefined` for an id whose last answer was lost. */
  registered: ReadonlyMap<string, RegisteredService | undefined>
  /** True for services of a stopped container that the deregister policy keeps. */
  isRetained: (id: string) => boolean
  /** True for ids that a former run on this host must have registered; `undefined` leaves such services alone. */
  isOwn?: ((id: string) => boolean) | undefined
  /**
   * Whether a service that somebody else has altered is written again. Only at a full comparison: two hosts of one name would
   * otherwise overwrite each other for ever.
   */
  rewritesAltered: boolean
  matches?: ((actual: RegisteredService, wanted: RegisteredService) => boolean) | undefined
}

export interface Changes {
  register: ContainerService[]
  deregister: RegisteredService[]
}

export function planChanges(inputs: ChangeInputs): Changes {
  const { registered, isRetained, isOwn, rewritesAltered, matches = sameService } = inputs
  const actual = new Map([...inputs.actual].map((service) => [service.id, service]))
  const changes: Changes = { register: [], deregister: [] }
  for (const wanted of inputs.desired) {
    const found = actual.get(wanted.id)
    actual.delete(wanted.id)
    const known = registered.get(wanted.id)
    const isCurrent = found && known && sameService(known, wanted) && (!rewritesAltered || matches(found, wanted))
    if (!isCurrent) changes.register.push(wanted)
  }
  for (const left of actual.values()) {
    if (!isRetained(left.id) && (registered.has(left.id) || isOwn?.(left.id))) changes.deregister.push(left)
  }
  return changes
}

/** True when everything that a registry can show is equal. */
export function sameService(a: RegisteredService, b: RegisteredService): boolean {
  return (
    a.id === b.id &&
    a.name === b.name &&
    a.address === b.address &&
    a.port === b.port &&
    a.tags.length === b.tags.length &&
    a.tags.every((tag, index) => tag === b.tags[index]) &&
    sameAttributes(a.attributes, b.attributes)
  )
}

function sameAttributes(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && a[key] === b[key])
}

/**
 * Recognises ids of the default form, `HOSTNAME:CONTAINER:PORT[:udp]`, of one host.
 * The container part is Docker's own rule for names (as gliderlabs/registrator's `-cleanup` takes it).
 */
export function ownIds(hostname: string): (id: string) => boolean {
  return (id) => {
    const match = /^(.+?):[a-zA-Z0-9][a-zA-Z0-9_.-]+:[0-9]+(?::udp)?$/.exec(id)
    return hostname !== '' && match?.[1] === hostname
  }
}
