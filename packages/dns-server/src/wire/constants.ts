/** Numbers of RFC 1035, 2782, 3596, 6891 and 7871. */

export const TYPE = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  OPT: 41,
  DS: 43,
  AXFR: 252,
  ANY: 255,
} as const

export const RCODE = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
} as const

export const OPCODE = { QUERY: 0, NOTIFY: 4 } as const

/** Bits of the header's second 16-bit word. */
export const FLAG = {
  QR: 0x8000,
  AA: 0x0400,
  TC: 0x0200,
  RD: 0x0100,
  RA: 0x0080,
  Z: 0x0040,
  AD: 0x0020,
  CD: 0x0010,
} as const

export const CLASS_IN = 1
export const HEADER_BYTES = 12
export const EDNS_OPTION_CLIENT_SUBNET = 8
/** Largest message that TCP framing carries. */
export const MESSAGE_BYTES_MAX = 65_535
/** A compression pointer has 14 bits (RFC 1035 section 4.1.4). */
export const POINTER_OFFSET_MAX = 0x4000

const TYPE_NAMES = new Map<number, string>([
  ...Object.entries(TYPE).map(([name, value]) => [value, name] as const),
  [15, 'MX'],
  [35, 'NAPTR'],
  [64, 'SVCB'],
  [65, 'HTTPS'],
  [251, 'IXFR'],
  [257, 'CAA'],
])

/** "A", "SRV"; "TYPE1234" for one without a name here (RFC 3597). */
export const typeName = (type: number): string => TYPE_NAMES.get(type) ?? `TYPE${type}`
