import type { RecordType } from 'dns-packet'
import { bytes, question } from '../questions'
import type { QuestionGroup } from '../suite'
import { LARGE, NAMES, TYPES } from './names'

/** Services, and nodes with metadata, of which an answer may have room or leave for a part only. */
const comparison = (name: string) =>
  /^(many|samenode|web|v1\.web|a\.b\.web|_web|api|(n1|ext)\.node)/i.test(name) ? 'choice' : 'all'

export const everyName: QuestionGroup = {
  name: 'every kind of name with every type',
  questions: NAMES.flatMap((name) =>
    TYPES.flatMap((type) => [
      question(name, type, { compares: comparison(name) }),
      question(name, type, { edns: 1232, compares: comparison(name) }),
    ]),
  ),
}

export const sizes: QuestionGroup = {
  name: 'large answers in rooms of every size',
  questions: LARGE.flatMap((name) =>
    (['A', 'AAAA', 'SRV', 'ANY'] as RecordType[]).flatMap((type) => [
      question(name, type, { compares: 'choice' }),
      ...[0, 512, 600, 900, 1232, 4096, 65_535].map((edns) => question(name, type, { edns, compares: 'choice' })),
      question(name, type, { transport: 'tcp', compares: 'choice' }),
      question(name, type, { transport: 'tcp', edns: 1232, compares: 'choice' }),
    ]),
  ),
}

export const overTcp: QuestionGroup = {
  name: 'names over TCP',
  questions: NAMES.map((name) => question(name, 'ANY' as RecordType, { transport: 'tcp', compares: comparison(name) })),
}

export const headers: QuestionGroup = {
  name: 'flags, classes and client subnets',
  questions: [
    ...[0, 0x10, 0x20, 0x110, 0x400, 0x200, 0x80, 0x40, 0x2100, 0x2800, 0x1000, 0x7800, 1, 15].flatMap((flags) => [
      question('one.service.consul', 'A', { flags }),
      question('nope.service.consul', 'A', { flags, edns: 1232 }),
      question('google.com', 'A', { flags }),
    ]),
    ...(['CH', 'HS', 'ANY'] as const).map((recordClass) => question('one.service.consul', 'A', { recordClass })),
    ...(
      [
        ['1.2.3.4', 24],
        ['1.2.3.4', 32],
        ['2001:db8::1', 56],
      ] as const
    ).flatMap((subnet) =>
      ['one.service.consul', 'nope.service.consul', 'web.query.consul', '1.0.0.10.in-addr.arpa', 'google.com'].map(
        (name) => question(name, 'A', { edns: 1232, subnet }),
      ),
    ),
  ],
}

const plain = question('one.service.consul', 'A').message

/** The plain question with another number in one of the header's fields. */
const withField = (offset: number, value: number): Buffer => {
  const message = Buffer.from(plain)
  message.writeUInt16BE(value, offset)
  return message
}

export const malformed: QuestionGroup = {
  name: 'malformed messages',
  questions: [
    ...[0, 1, 2, 11, 12, 13, 20, plain.length - 4, plain.length - 1].map((length) =>
      bytes(`cut to ${length}`, plain.subarray(0, length)),
    ),
    bytes('no question', withField(4, 0)),
    bytes('two questions', withField(4, 2)),
    bytes('an answer', withField(6, 1)),
    bytes('an authority', withField(8, 1)),
    bytes('an additional', withField(10, 1)),
    bytes('three additionals', withField(10, 3)),
    bytes('loop of names', Buffer.concat([plain.subarray(0, 12), Buffer.from([0xc0, 12, 0, 1, 0, 1])])),
    bytes('reserved label', Buffer.concat([plain.subarray(0, 12), Buffer.from([0x43, 97, 98, 99, 0, 0, 1, 0, 1])])),
    bytes('garbage after', Buffer.concat([plain, Buffer.from('garbage')])),
    question('a b.service.consul', 'A'),
  ],
}

/** Ours passes a recursor's bytes on where Consul packs the answer anew. */
const RELAYED = { compares: 'records' } as const

export const outside: QuestionGroup = {
  name: 'names of the outside, through a recursor',
  questions: [
    'far.example.org',
    'example.com',
    'alias.example.com',
    'mail.example.com',
    'none.example.com',
    'refused.example.com',
  ]
    .flatMap((name) =>
      (['A', 'AAAA', 'MX'] as RecordType[]).flatMap((type) => [
        question(name, type, RELAYED),
        question(name, type, { ...RELAYED, edns: 1232 }),
        question(name, type, { ...RELAYED, transport: 'tcp' }),
        question(name, type, { ...RELAYED, flags: 0 }),
      ]),
    )
    .concat([
      question('big.example.com', 'A', RELAYED),
      question('big.example.com', 'A', { ...RELAYED, transport: 'tcp' }),
      ...(['A', 'AAAA', 'SRV', 'ANY'] as RecordType[]).flatMap((type) =>
        ['far.service.consul', 'ext.service.consul', 'ext.node.consul', 'cn.service.consul'].map((name) =>
          question(name, type),
        ),
      ),
      ...['9.9.9.9.in-addr.arpa', '1.0.0.10.in-addr.arpa'].map((name) => question(name, 'PTR', RELAYED)),
      question('nope.service.consul', 'A'),
      question('one.service.consul', 'A', { flags: 0 }),
    ]),
}
