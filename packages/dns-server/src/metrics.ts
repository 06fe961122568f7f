/** Metric names; the first three are Consul's. Samples are milliseconds. */
export const METRICS = {
  /** Queries for our zones. Labels: node. */
  domain: 'dns.domain_query',
  /** Queries for addresses. Labels: node. */
  reverse: 'dns.ptr_query',
  /** Both. Labels: node, type. */
  query: 'dns.query',
  /** Queries answered with SERVFAIL because the resolver failed. Labels: node. */
  failed: 'dns.failed_query',
  /** UDP queries dropped because too many were pending. Labels: node. */
  dropped: 'dns.dropped_query',
} as const
