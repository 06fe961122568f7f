import { everyName, headers, malformed, overTcp, sizes } from './scenarios/questions'
import { dnsConformance } from './suite'

dnsConformance('default', [everyName, sizes, overTcp, headers, malformed], async () => ({}))
