/** Questions as bytes, each with a name for messages. */
import { encode, type RecordClass, type RecordType } from 'dns-packet'
import type { Transport } from './ask'

export type Comparison = 'all' | 'records' | 'choice'

export interface Question {
  readonly label: string
  readonly message: Buffer
  readonly transport: Transport
  /**
   * What must agree. `choice`: only numbers, types and times, where Consul takes a random choice of records that do not
   * all fit or are not all wanted. `records`: not the length, where an answer of another server is passed on.
   */
  readonly compares: Comparison
}

export interface QuestionOptions {
  readonly edns?: number
  /** The flags of the header; recursion desired unless given. */
  readonly flags?: number
  readonly recordClass?: RecordClass
  readonly subnet?: readonly [ip: string, prefix: number]
  readonly transport?: Transport
  readonly compares?: Comparison
}

const RECURSION_DESIRED = 0x100
const ID = 4660

export function question(name: string, type: RecordType, options: QuestionOptions = {}): Question {
  const { edns, flags = RECURSION_DESIRED, recordClass = 'IN', subnet, transport = 'udp', compares = 'all' } = options
  const about = [
    transport === 'tcp' ? 'TCP' : '',
    edns === undefined ? '' : `EDNS ${edns}`,
    flags === RECURSION_DESIRED ? '' : `flags 0x${flags.toString(16)}`,
    recordClass === 'IN' ? '' : recordClass,
    subnet ? `subnet ${subnet.join('/')}` : '',
  ]
  const ecs = subnet && {
    code: 'CLIENT_SUBNET' as const,
    ip: subnet[0],
    sourcePrefixLength: subnet[1],
    scopePrefixLength: 0,
    family: subnet[0].includes(':') ? 2 : 1,
  }
  const opt = {
    type: 'OPT' as const,
    name: '.' as const,
    udpPayloadSize: edns ?? 0,
    extendedRcode: 0,
    ednsVersion: 0,
    flags: 0,
    flag_do: false,
    options: ecs ? [ecs] : [],
  }
  const message = encode({
    type: 'query',
    id: ID,
    flags,
    questions: [{ name, type, class: recordClass }],
    additionals: edns === undefined ? [] : [opt as never],
  })
  return { label: [name, type, ...about.filter((each) => each !== '')].join(' '), message, transport, compares }
}

export const bytes = (label: string, message: Buffer): Question => ({
  label,
  message,
  transport: 'udp',
  compares: 'all',
})
