import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { NetworkInterfaceInfo } from 'node:os'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  advertiseAddress,
  defaultRouteInterface,
  firstPrivateIpv4,
  isPrivateAddress,
  privateIpv4Addresses,
} from './local-address'

const info = (address: string, internal = false): NetworkInterfaceInfo => ({
  address,
  netmask: '',
  mac: '00:00:00:00:00:00',
  internal,
  cidr: null,
  ...(address.includes(':') ? { family: 'IPv6', scopeid: 0 } : { family: 'IPv4' }),
})

const lo = [info('127.0.0.1', true), info('::1', true)]

it.each([
  ['10.1.2.3', true],
  ['172.15.255.255', false],
  ['172.16.0.0', true],
  ['172.32.0.0', false],
  ['192.168.99.102', true],
  ['100.64.0.1', true],
  ['8.8.8.8', false],
  ['fe80::1', true],
  ['fd00::1', true],
  ['2001:db8::5', true],
  ['2600::1', false],
])('%s is private: %s', (address, expected) => {
  expect(isPrivateAddress(address)).toBe(expected)
})

describe('advertiseAddress', () => {
  it('is the bound address when that is one', () => {
    expect(advertiseAddress('192.168.99.101', { lo })).toBe('192.168.99.101')
  })

  it('is the only private IPv4 address for 0.0.0.0', () => {
    expect(advertiseAddress('0.0.0.0', { lo, eth0: [info('10.0.0.5'), info('8.8.8.8')] })).toBe('10.0.0.5')
  })

  it('is the only public IPv6 address for ::', () => {
    expect(advertiseAddress('::', { lo, eth0: [info('fe80::1'), info('2600::7')] })).toBe('2600::7')
  })

  it('is loopback on a machine without another interface', () => {
    expect(privateIpv4Addresses({ lo })).toEqual(['127.0.0.1'])
    expect(advertiseAddress('0.0.0.0', { lo })).toBe('127.0.0.1')
  })

  it('refuses to choose between several, naming them', () => {
    expect(() => advertiseAddress('0.0.0.0', { lo, eth0: [info('10.0.0.5')], eth1: [info('10.1.0.5')] })).toThrow(
      expect.objectContaining({
        code: 'DGRAM_LOCAL_ADDRESS',
        message: "Multiple private IPv4 addresses found. Please configure one with 'bind' and/or 'advertise'.",
        details: { candidates: ['10.0.0.5', '10.1.0.5'] },
      }),
    )
  })

  it('says when there is none', () => {
    expect(() => advertiseAddress('0.0.0.0', { eth0: [info('8.8.8.8')] })).toThrow('No private IPv4 address found')
  })
})

describe('firstPrivateIpv4', () => {
  const interfaces = { lo, eth0: [info('10.0.0.5')], eth1: [info('8.8.8.8'), info('192.168.1.5')] }

  it('prefers the interface of the default route', () => {
    expect(firstPrivateIpv4(interfaces, 'eth1')).toBe('192.168.1.5')
  })

  it('takes any other when the preferred interface has none', () => {
    expect(firstPrivateIpv4(interfaces, 'eth9')).toBe('10.0.0.5')
  })

  it('never answers loopback', () => {
    expect(firstPrivateIpv4({ lo }, 'eth0')).toBeUndefined()
  })
})

describe('defaultRouteInterface', () => {
  const folder = mkdtempSync(join(tmpdir(), 'route-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it('reads the default route with the lowest metric', () => {
    const path = join(folder, 'route')
    writeFileSync(
      path,
      [
        'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
        'wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0',
        'eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0',
        'eth2\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
        '',
      ].join('\n'),
    )
    expect(defaultRouteInterface(path)).toBe('eth0')
  })

  it('is undefined where there is no such table', () => {
    expect(defaultRouteInterface(join(folder, 'absent'))).toBeUndefined()
  })
})
