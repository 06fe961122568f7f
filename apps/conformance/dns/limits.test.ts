import { everyName, overTcp, sizes } from './scenarios/questions'
import { dnsConformance } from './suite'

const DNS_CONFIG = {
  node_ttl: '30s',
  service_ttl: { web: '5s', 'a*': '7s', '*': '10s' },
  only_passing: true,
  udp_answer_limit: 2,
  a_record_limit: 3,
  enable_truncate: true,
  disable_compression: true,
  soa: { refresh: 100, retry: 200, expire: 300, min_ttl: 17 },
}

dnsConformance('limits', [everyName, sizes, overTcp], async () => ({ dns_config: DNS_CONFIG }))
