import type { Host, InterfaceAddress } from '../network'

const address = (name: string, text: string, facts: Partial<InterfaceAddress> = {}): InterfaceAddress => ({
  name,
  address: text,
  prefixLength: text.includes(':') ? 64 : 24,
  isLoopback: false,
  isDefault: false,
  ...facts,
})

/** A machine with one private address, as most are. */
export const fakeHost = (extra: readonly InterfaceAddress[] = []): Host => ({
  hostname: () => 'machine-1',
  interfaceAddresses: () => [
    address('lo', '127.0.0.1', { isLoopback: true, prefixLength: 8 }),
    address('lo', '::1', { isLoopback: true, prefixLength: 128 }),
    address('eth0', '192.168.99.102', { isDefault: true }),
    address('eth0', 'fe80::1', { isDefault: true }),
    ...extra,
  ],
})

export { address }
