import { headers, outside } from './scenarios/questions'
import { dnsConformance } from './suite'
import { startUpstream, type Upstream } from './upstream'

let upstream: Upstream

afterAll(() => upstream?.stop())

dnsConformance('recursors', [outside, headers], async () => {
  upstream = await startUpstream()
  return { recursors: [`127.0.0.1:${upstream.port}`], dns_config: { recursor_timeout: '500ms' } }
})
