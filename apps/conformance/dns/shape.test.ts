import { type Answer, encode } from 'dns-packet'
import { shape } from './shape'

const answer = (answers: Answer[], { id = 1, flags = 0x8500 } = {}) =>
  shape(
    encode({ type: 'response', id, flags, questions: [{ type: 'A', name: 'a.consul', class: 'IN' }], answers }),
    'all',
  )

const a = (data: string, ttl = 5): Answer => ({ type: 'A', name: 'a.consul', ttl, data })
const BASE = answer([a('10.0.0.1'), a('10.0.0.2')])

describe('the comparison of DNS answers catches', () => {
  it.each([
    ['an id', answer([a('10.0.0.1'), a('10.0.0.2')], { id: 2 })],
    ['a flag', answer([a('10.0.0.1'), a('10.0.0.2')], { flags: 0x8700 })],
    ['a response code', answer([a('10.0.0.1'), a('10.0.0.2')], { flags: 0x8503 })],
    ['a missing record', answer([a('10.0.0.1')])],
    ['a value', answer([a('10.0.0.1'), a('10.0.0.3')])],
    ['a time to live', answer([a('10.0.0.1'), a('10.0.0.2', 6)])],
    ['silence', shape(undefined, 'all')],
    ['a cut message', shape(Buffer.alloc(5), 'all')],
  ])('%s', (_, changed) => {
    expect(changed).not.toBe(BASE)
  })

  it('but not the order of records', () => {
    expect(answer([a('10.0.0.2'), a('10.0.0.1')])).toBe(BASE)
  })
})
