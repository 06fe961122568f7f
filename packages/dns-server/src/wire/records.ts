/** Resource records and messages as plain values. */
import { TYPE } from './constants'

interface RecordBase {
  readonly name: string
  /** Seconds. */
  readonly ttl: number
}

export interface AddressRecord extends RecordBase {
  readonly type: typeof TYPE.A | typeof TYPE.AAAA
  /** 4 or 16 bytes. */
  readonly address: Uint8Array
}

export interface SrvRecord extends RecordBase {
  readonly type: typeof TYPE.SRV
  readonly priority: number
  readonly weight: number
  readonly port: number
  readonly target: string
}

/** CNAME, NS and PTR. */
export interface TargetRecord extends RecordBase {
  readonly type: typeof TYPE.CNAME | typeof TYPE.NS | typeof TYPE.PTR
  readonly target: string
}

export interface TxtRecord extends RecordBase {
  readonly type: typeof TYPE.TXT
  /** Zone-file text: a backslash escapes. */
  readonly text: string
}

export interface SoaRecord extends RecordBase {
  readonly type: typeof TYPE.SOA
  readonly primary: string
  readonly mailbox: string
  readonly serial: number
  readonly refresh: number
  readonly retry: number
  readonly expire: number
  readonly minTtl: number
}

export interface OptRecord extends RecordBase {
  readonly type: typeof TYPE.OPT
  readonly udpSize: number
  /** RDATA: options, encoded. */
  readonly options: Uint8Array
}

export type DnsRecord = AddressRecord | SrvRecord | TargetRecord | TxtRecord | SoaRecord | OptRecord

export interface Question {
  readonly name: string
  readonly type: number
  readonly class: number
}

export interface Message {
  readonly id: number
  /** The header's flag word: QR, opcode, AA, TC, RD, RA, AD, CD and rcode. */
  readonly flags: number
  readonly question: Question | undefined
  readonly answers: readonly DnsRecord[]
  readonly authority: readonly DnsRecord[]
  readonly additional: readonly DnsRecord[]
}

export const isAddressRecord = (record: DnsRecord): record is AddressRecord =>
  record.type === TYPE.A || record.type === TYPE.AAAA
