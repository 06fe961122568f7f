import type { RecordType } from 'dns-packet'

/** Names of every kind that the agent knows, nearly knows, and does not know. */
export const NAMES: readonly string[] = `
  web.service.consul WEB.Service.CONSUL v1.web.service.consul a.b.web.service.consul x.web.service.consul
  _web._tcp.service.consul _web._v1.service.consul _web._tcp.consul web.service.dc1.consul web.service.dc1.dc.consul
  web.service.dc2.consul web.service.a.b.c.consul api.service.consul one.service.consul six.service.consul
  cn.service.consul far.service.consul ext.service.consul nope.service.consul service.consul consul foo.consul
  states.service.consul sick.service.consul Upper.service.consul upper.service.consul tag.upper.service.consul
  dotted.service.consul under_score.service.consul local.service.consul primary.local.service.consul
  weighted.service.consul tagged.service.consul consul.service.consul
  host1.node.consul HOST1.node.dc1.consul host1.node.dc2.consul ext.node.consul v6.node.consul n1.node.consul
  longmeta.node.consul UPPER.node.consul dotted.name.node.consul under_score.node.consul nope.node.consul node.consul
  c0a86366.addr.consul c0a86366.ADDR.dc1.Consul c0a8636.addr.consul c0a863666.addr.consul zz.addr.consul
  20010db8000000000000000000000001.addr.dc1.consul a.b.addr.consul web.query.consul web.query.dc1.consul
  web.connect.consul web.ingress.consul web.virtual.consul virtual.consul google.com .
  1.0.0.10.in-addr.arpa 1.99.168.192.in-addr.arpa 9.9.9.9.in-addr.arpa x.in-addr.arpa arpa 1.0.0.127.in-addr.arpa
  1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa
`
  .trim()
  .split(/\s+/)

export const TYPES: readonly RecordType[] = [
  'A',
  'AAAA',
  'SRV',
  'ANY' as RecordType,
  'TXT',
  'SOA',
  'NS',
  'PTR',
  'CNAME',
  'MX',
]

/** Services with more instances than an answer over UDP has room or leave for. */
export const LARGE: readonly string[] = ['many', 'many6', 'samenode', 'web', 'api'].map(
  (name) => `${name}.service.consul`,
)
