import type { RecordType } from 'dns-packet'
import { question } from './questions'
import { headers, sizes } from './scenarios/questions'
import { NAMES } from './scenarios/names'
import { dnsConformance } from './suite'

const inDomain = (domain: string) => ({
  name: `names of ${domain}`,
  questions: NAMES.filter((name) => /consul$/i.test(name)).flatMap((name) =>
    (['A', 'SRV', 'TXT', 'SOA'] as RecordType[]).map((type) =>
      question(name.replace(/consul$/i, domain), type, { compares: /web|api/i.test(name) ? 'choice' : 'all' }),
    ),
  ),
})

dnsConformance('domain', [inDomain('alt.example'), inDomain('Sd'), inDomain('consul'), headers, sizes], async () => ({
  domain: 'sd.',
  alt_domain: 'alt.example',
  node_meta: { role: 'web' },
  dns_config: { enable_additional_node_meta_txt: false, use_cache: false },
}))
