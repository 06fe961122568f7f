/**
 * A service-discovery DNS server with Consul's names over a resolver that you supply.
 * @packageDocumentation
 */
export { createDnsServer, DnsServer, type DnsServerPorts } from './dns-server'
export type { AnswerOptions, DnsServerOptions, SoaOptions } from './options'
export { DnsServerStateError, InvalidDnsOptionError } from './errors'
export { METRICS as DNS_METRICS } from './metrics'
export type * from './resolver'
