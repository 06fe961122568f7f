/** Differences from Consul that stay, each with its reason. An entry that no longer shows fails its suite. */
import type { Difference } from './exchange'

export interface KnownDifference {
  /** The area of scenarios in which it shows. */
  readonly area: string
  /** Requests, by method and target. */
  readonly request: RegExp
  /** `status`, `header X` or `body`. */
  readonly where: RegExp
  /** Which of these differences are meant, by what Consul says. @defaultValue all */
  readonly real?: RegExp
  /** Which of these differences are meant, by what ours says. @defaultValue all */
  readonly ours?: RegExp
  readonly reason: string
  /** It is to be mended, and no decision. */
  readonly isOpen?: true
  /** Shows in some runs only. */
  readonly isRare?: true
}

const STREAMING = "Consul answers this from its streaming cache; here every read is the server's own"
const KEPT_INDEX =
  'a result is kept, with its index, until something that it shows changes: it may be lower than the table has'
const CLOSES =
  'Consul gives a connection up whose body is too large; here the rest is read within a bound and the connection kept'
const NO_AREA = 'the API of Consul that is not served: ACLs, mesh, prepared queries, configuration entries, profiles'
const NO_OPERATOR = 'one server has no peers to remove and no autopilot'
const ANONYMOUS = 'the text is that of an anonymous struct of Consul’s source; here it is called a struct'
const NUMBER_TEXT = 'Go repeats the number as it was written; a parsed number is known by its value only'
const PANIC = 'Consul panics and closes the connection; here the request is refused or means nothing'
const OS_SERVICE = 'OS service checks run here; Consul has them on Windows only'
const PARSER = "Node's HTTP parser refuses raw bytes above ASCII in a target, and keys here are text"

/** Everything of an answer that another status brings with it. */
const ALL = /./

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    area: 'agent-info',
    request: /^GET \/v1\/agent\/self$/,
    where: /^body$/,
    reason: 'there is no gossip yet, so the facts of both pools (serf_lan, serf_wan) are missing',
    isOpen: true,
  },
  {
    area: 'agent-info',
    request: /^GET \/v1\/agent\/metrics$/,
    where: ALL,
    real: /^500 |^text\/plain|NaN/,
    reason: 'Consul fails while one of its figures is not a number',
    isRare: true,
  },
  { area: 'kv', request: /^PUT \/v1\/kv\/bytes\//, where: ALL, reason: PARSER },
  { area: 'kv', request: /^PUT \/v1\/kv\/big\/over$/, where: /^header Connection$/, reason: CLOSES },
  { area: 'txn', request: /^PUT \/v1\/txn$/, where: /^header Connection$/, reason: CLOSES },
  { area: 'txn', request: /^PUT \/v1\/txn$/, where: ALL, real: /^0 connection closed$|^\(absent\)$|^$/, reason: PANIC },
  { area: 'txn', request: /^PUT \/v1\/txn$/, where: /^body$/, real: /unmarshal number -1 into/, reason: NUMBER_TEXT },
  {
    area: 'agent-info',
    request: /^PUT \/v1\/coordinate\/update$/,
    where: ALL,
    real: /^0 connection closed$|^\(absent\)$|^$/,
    reason: PANIC,
  },
  {
    area: 'protocol',
    request: /^PUT \/v1\/catalog\/register$/,
    where: ALL,
    real: /^400 |number 1e3/,
    ours: /^500 |^Must provide node$/,
    reason: NUMBER_TEXT,
  },
  { area: 'agent-info', request: /^PUT \/v1\/agent\/token\//, where: ALL, reason: NO_AREA },
  {
    area: 'agent-info',
    request: /^PUT \/v1\/agent\/join\//,
    where: /^body$/,
    reason: 'a single server has no gossip to join with',
  },
  { area: 'agent-info', request: /\/v1\/operator\/(raft\/peer|autopilot|usage)/, where: ALL, reason: NO_OPERATOR },
  {
    area: 'agent-services',
    request: /^PUT \/v1\/agent\/service\/(register|deregister\/os)$/,
    where: ALL,
    ours: /^200 OK$|^application\/json|^$/,
    reason: OS_SERVICE,
  },
  {
    area: 'agent-services',
    request: /^PUT \/v1\/agent\/service\/register$/,
    where: /^body$/,
    real: /struct \{/,
    reason: ANONYMOUS,
  },
  {
    area: 'agent-services',
    request: /^PUT \/v1\/agent\/service\/register$/,
    where: /^body$/,
    real: /unmarshal number 1000+ into/,
    reason: NUMBER_TEXT,
  },
  {
    area: 'agent-checks',
    request: /^PUT \/v1\/agent\/check\/register$/,
    where: /^body$/,
    real: /struct \{|struct field \.args/,
    reason: ANONYMOUS,
  },
  {
    area: 'protocol',
    request: /^PUT \/v1\/agent\/service\/register$/,
    where: /^body$/,
    real: /struct \{/,
    reason: ANONYMOUS,
  },
  { area: 'protocol', request: /^GET \/(debug\/pprof|v1\/(acl|query|connect|config))/, where: ALL, reason: NO_AREA },
  {
    area: 'health',
    request: /[?]cached$/,
    where: /^header X-(Cache|Consul-(Knownleader|Query-Backend))$/,
    reason: STREAMING,
  },
  {
    area: 'catalog',
    request: /[?]cached$/,
    where: /^header X-Cache$/,
    reason: 'reads of a server are never from an agent cache',
  },
  {
    area: 'blocking',
    request: /^GET \/v1\/health\/service\/.*index=/,
    where: /^header X-Consul-(Knownleader|Query-Backend)$/,
    reason: STREAMING,
  },
  { area: 'blocking-kept', request: /^GET /, where: /^header X-Consul-Index$|^body$/, reason: KEPT_INDEX },
]

export const isKnown = (area: string, { request, where, real, ours }: Difference, known: KnownDifference): boolean =>
  known.area === area &&
  known.request.test(request) &&
  known.where.test(where) &&
  (known.real?.test(real) ?? true) &&
  (known.ours?.test(ours) ?? true)
