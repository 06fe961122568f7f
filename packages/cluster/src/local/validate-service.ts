/** What an agent refuses, and warns of, in a service. */
import { isIPv4, isIPv6 } from 'node:net'
import { goQuote, type Logger } from '@sd/runtime'
import type { NodeService } from '@sd/model'
import { refused } from '../errors'

/** What a DNS label may not contain. */
const NOT_A_LABEL = /[^A-Za-z0-9\-]+/
/** Longest DNS label (RFC 1035 section 2.3.4). */
const LABEL_BYTES_MAX = 63

export function validateService(service: NodeService, logger: Logger): void {
  if (service.service === '') throw refused('Service name missing')
  if (NOT_A_LABEL.test(service.service)) {
    logger.warn(
      'Service name will not be discoverable via DNS due to invalid characters. Valid characters include all alpha-numerics and dashes.',
      { service: service.service },
    )
  } else if (service.service.length > LABEL_BYTES_MAX) {
    logger.warn(
      'Service name will not be discoverable via DNS due to it being too long. Valid lengths are between 1 and 63 bytes.',
      {
        service: service.service,
      },
    )
  }
  if ((service.ports?.length ?? 0) > 0 && service.port !== 0) throw refused('Both port and ports cannot be set')
  for (const tag of service.tags ?? []) {
    if (NOT_A_LABEL.test(tag) || tag.length > LABEL_BYTES_MAX) {
      logger.debug('Service tag will not be discoverable via DNS due to its characters or length', { tag })
    }
  }
  for (const [name, { address }] of Object.entries(service.taggedAddresses ?? {})) {
    if (name.endsWith('_ipv4') && !isIPv4(address))
      throw refused(`Service tagged address ${goQuote(name)} must be a valid ipv4 address`)
    if (name.endsWith('_ipv6') && !isIPv6(address))
      throw refused(`Service tagged address ${goQuote(name)} must be a valid ipv6 address`)
  }
}
