/**
 * Address templates, as in `{{ GetPrivateIP }}` or `{{ GetAllInterfaces | include "network" "10.0.0.0/8" | attr "address" }}`:
 * the sources, filters and outputs of HashiCorp's go-sockaddr that configurations use.
 */
import { goQuote } from '@sd/cli/flags'
import { ConfigError } from './config-error'
import { isForwardable, isSpecialPurpose, isV4, networkSet, parseCidr } from './ip-address'
import type { InterfaceAddress } from './network'

type Addresses = readonly InterfaceAddress[]
type Value = Addresses | string

const TEMPLATE = /\{\{((?:"(?:[^"\\]|\\.)*"|`[^`]*`|(?!\}\})[^"`])*)\}\}/g

/** The text with every template replaced. `addresses` is only called when there is one. Throws {@link ConfigError}. */
export function expandTemplate(text: string, addresses: () => Addresses): string {
  if (!text.includes('{{')) return text
  const expanded = text.replace(TEMPLATE, (_whole, body: string) => evaluate(body, addresses(), text))
  if (expanded.includes('{{')) throw refuse(text, 'unclosed action')
  return expanded
}

const refuse = (text: string, reason: string) =>
  new ConfigError(`unable to parse template ${goQuote(text)}: template: sockaddr.Parse:1: ${reason}`)

function evaluate(body: string, addresses: Addresses, whole: string): string {
  const stages = wordsOf(body)
  let value: Value | undefined
  for (const [name = '', ...args] of stages)
    value = value === undefined ? source(name, args, addresses, whole) : step(name, args, value, whole)
  if (value === undefined) throw refuse(whole, 'missing value for command')
  return typeof value === 'string' ? value : value.map((one) => one.address).join(' ')
}

const WORD = /\s*(?:"((?:[^"\\]|\\.)*)"|`([^`]*)`|(\|)|([^\s|"`]+))/y

/** Stages of a pipeline, each a name and its arguments. */
function wordsOf(body: string): string[][] {
  const stages: string[][] = [[]]
  WORD.lastIndex = 0
  const text = body.trim().replace(/^-|-$/g, '')
  while (WORD.lastIndex < text.length) {
    const found = WORD.exec(text)
    if (!found) throw refuse(body, 'unexpected token')
    if (found[3]) stages.push([])
    else stages.at(-1)?.push(found[1]?.replace(/\\(.)/g, '$1') ?? found[2] ?? found[4] ?? '')
  }
  return stages
}

const bySize = (a: InterfaceAddress, b: InterfaceAddress) => a.prefixLength - b.prefixLength
const byType = (a: InterfaceAddress, b: InterfaceAddress) => Number(isV4(b.address)) - Number(isV4(a.address))
const byDefault = (a: InterfaceAddress, b: InterfaceAddress) => Number(b.isDefault) - Number(a.isDefault)
const forwardable = (one: InterfaceAddress) => isForwardable(one.address)
const special = (one: InterfaceAddress) => isSpecialPurpose(one.address)

const ranked = (addresses: Addresses) =>
  addresses.filter(forwardable).sort((a, b) => byDefault(a, b) || byType(a, b) || bySize(a, b))

function source(name: string, args: readonly string[], addresses: Addresses, body: string): Value {
  const text = (found: Addresses) => found.map((one) => one.address).join(' ')
  const named = () => {
    const pattern = new RegExp(args[0] ?? '')
    return [...addresses].filter((one) => pattern.test(one.name)).sort((a, b) => byType(a, b) || bySize(a, b))
  }
  switch (name) {
    case 'GetAllInterfaces':
      return addresses
    case 'GetDefaultInterfaces':
      return addresses.filter((one) => one.isDefault)
    case 'GetPrivateInterfaces':
      return ranked(addresses).filter(special)
    case 'GetPublicInterfaces':
      return ranked(addresses).filter((one) => !special(one))
    case 'GetPrivateIP':
      return ranked(addresses).find(special)?.address ?? ''
    case 'GetPublicIP':
      return ranked(addresses).find((one) => !special(one))?.address ?? ''
    case 'GetPrivateIPs':
      return text(addresses.filter((one) => special(one) && !one.isLoopback && forwardable(one)))
    case 'GetPublicIPs':
      return text(addresses.filter((one) => !special(one) && forwardable(one)))
    case 'GetInterfaceIP':
      return named().find(forwardable)?.address ?? ''
    case 'GetInterfaceIPs':
      return text(named())
    default:
      throw refuse(body, `function ${goQuote(name)} not defined`)
  }
}

function step(name: string, args: readonly string[], value: Value, body: string): Value {
  if (typeof value === 'string') throw refuse(body, `${name} needs addresses`)
  const [first = '', second = ''] = args
  switch (name) {
    case 'include':
      return value.filter(matcher(first, second, body))
    case 'exclude': {
      const matches = matcher(first, second, body)
      return value.filter((one) => !matches(one))
    }
    case 'sort':
      return [...value].sort(sorter(first, body))
    case 'limit':
      return value.slice(0, Number(first))
    case 'offset':
      return value.slice(Number(first))
    case 'unique':
      return value.filter((one, i) => value.findIndex((other) => other.address === one.address) === i)
    case 'attr':
      return value[0] ? attribute(first, value[0], body) : ''
    case 'join':
      return value.map((one) => attribute(first, one, body)).join(second)
    default:
      throw refuse(body, `function ${goQuote(name)} not defined`)
  }
}

function matcher(by: string, wanted: string, body: string): (one: InterfaceAddress) => boolean {
  switch (by) {
    case 'name': {
      const pattern = new RegExp(wanted)
      return (one) => pattern.test(one.name)
    }
    case 'address': {
      const pattern = new RegExp(wanted)
      return (one) => pattern.test(one.address)
    }
    case 'network': {
      const networks = wanted.split('|').map((text) => parseCidr(text.trim()) ?? unusable(body, `network ${wanted}`))
      const contains = networkSet(networks)
      return (one) => contains(one.address)
    }
    case 'type': {
      const kinds = wanted.toLowerCase().split('|')
      return (one) => kinds.includes('ip') || kinds.includes(isV4(one.address) ? 'ipv4' : 'ipv6')
    }
    case 'rfc':
    case 'RFC':
      return wanted === '6890' ? special : unusable(body, `RFC ${wanted}`)
    case 'flag':
    case 'flags': {
      const flags = wanted.split('|')
      return (one) => flags.every((flag) => hasFlag(one, flag, body))
    }
    default:
      return unusable(body, `selector ${goQuote(by)}`)
  }
}

function hasFlag(one: InterfaceAddress, flag: string, body: string): boolean {
  switch (flag) {
    case 'up':
      return true
    case 'loopback':
      return one.isLoopback
    case 'forwardable':
      return forwardable(one)
    default:
      return unusable(body, `flag ${goQuote(flag)}`)
  }
}

function sorter(by: string, body: string): (a: InterfaceAddress, b: InterfaceAddress) => number {
  const orders = by.split(',').map((key) => {
    const direction = key.startsWith('-') ? -1 : 1
    const order = {
      default: byDefault,
      type: byType,
      size: bySize,
      address: (a: InterfaceAddress, b: InterfaceAddress) => (a.address < b.address ? -1 : 1),
      name: (a: InterfaceAddress, b: InterfaceAddress) => (a.name < b.name ? -1 : 1),
    }[key.replace(/^[-+]/, '')]
    if (!order) return unusable(body, `sort key ${goQuote(key)}`)
    return (a: InterfaceAddress, b: InterfaceAddress) => direction * order(a, b)
  })
  return (a, b) => orders.reduce((result, order) => result || order(a, b), 0)
}

function attribute(name: string, one: InterfaceAddress, body: string): string {
  switch (name) {
    case 'address':
      return one.address
    case 'name':
      return one.name
    case 'type':
      return isV4(one.address) ? 'IPv4' : 'IPv6'
    default:
      return unusable(body, `attribute ${goQuote(name)}`)
  }
}

function unusable(body: string, what: string): never {
  throw refuse(body, `unsupported ${what}`)
}
