import { compare } from './compare'
import type { Exchange } from './exchange'
import { normalise } from './normalise'

const HEADERS = [
  ['Content-Type', 'application/json'],
  ['X-Consul-Index', '40'],
  ['Date', 'Mon, 01 Jan 2024 00:00:00 GMT'],
] as const
const BODY = {
  ID: 'e877b12b-cf2c-f7ff-43bc-d14d0ac0da91',
  Tags: null,
  Checks: ['a', 'b'],
  ModifyIndex: 40,
  CreateIndex: 12,
}

function exchange(change: Partial<Omit<Exchange, 'body'>> & { body?: unknown } = {}): Exchange {
  const { body = BODY, ...rest } = change
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return {
    label: 'GET /x',
    status: 200,
    reason: 'OK',
    headers: HEADERS,
    view: 'text',
    ...rest,
    body: Buffer.from(text),
  }
}

const differences = (real: Exchange[], ours: Exchange[], places: Record<string, string> = {}) =>
  compare(normalise(real, {}), normalise(ours, places)).map(({ where }) => where)

/** One exchange as it is, and one changed. */
const changed = (change: Parameters<typeof exchange>[0]) => differences([exchange()], [exchange(change)])

describe('the comparison catches', () => {
  it.each([
    ['a status', { status: 404 }, ['status']],
    ['a reason phrase', { reason: 'Fine' }, ['status']],
    ['a missing header', { headers: HEADERS.slice(1) }, ['header Content-Type']],
    ['a header more', { headers: [...HEADERS, ['X', 'y'] as const] }, ['header X']],
    [
      'a header value',
      { headers: [['Content-Type', 'text/plain'] as const, ...HEADERS.slice(1)] },
      ['header Content-Type'],
    ],
    [
      'the case of a header name',
      { headers: [['content-type', 'application/json'] as const, ...HEADERS.slice(1)] },
      ['header Content-Type', 'header content-type'],
    ],
    ['a field more', { body: { ...BODY, More: 1 } }, ['body']],
    ['a field less', { body: { ...BODY, Checks: undefined } }, ['body']],
    ['[] in place of null', { body: { ...BODY, Tags: [] } }, ['body']],
    ['the order of a list', { body: { ...BODY, Checks: ['b', 'a'] } }, ['body']],
    [
      'the order of fields',
      { body: { Tags: null, ID: BODY.ID, Checks: BODY.Checks, ModifyIndex: 40, CreateIndex: 12 } },
      ['body'],
    ],
    ['white space', { body: `${JSON.stringify(BODY)}\n` }, ['body']],
    ['an index that is no longer the same as another', { body: { ...BODY, ModifyIndex: 41 } }, ['body']],
    ['an index of 0', { body: { ...BODY, CreateIndex: 0 } }, ['header X-Consul-Index', 'body']],
  ])('%s', (_, change, where) => {
    expect(changed(change as never).sort()).toEqual([...where].sort())
  })

  it('an id that should be the one seen before', () => {
    const other = { ...BODY, ID: 'e877b12b-cf2c-f7ff-43bc-d14d0ac0da92' }
    expect(differences([exchange(), exchange()], [exchange(), exchange({ body: other })])).toEqual(['body'])
  })

  it('an answer that never came', () => {
    expect(differences([exchange(), exchange()], [exchange()])).toEqual(['count'])
  })

  it('a byte that is no text', () => {
    const binary = (byte: number): Exchange => ({ ...exchange(), body: Buffer.from([0xff, byte]) })
    expect(differences([binary(1)], [binary(2)])).toEqual(['body'])
  })

  it('another shape, even where values are not compared', () => {
    const real = exchange({ view: 'shape', body: { a: 1, b: [1, 2] } })
    expect(differences([real], [exchange({ view: 'shape', body: { a: '1', b: [1] } })])).toEqual(['body'])
    expect(differences([real], [exchange({ view: 'shape', body: { a: 7, b: [3] } })])).toEqual([])
  })
})

describe('the comparison lets pass', () => {
  it('other ids, indexes of the same order, times and dates', () => {
    const ours = exchange({
      headers: [
        ['Content-Type', 'application/json'],
        ['X-Consul-Index', '7'],
        ['Date', 'now'],
      ],
      body: { ...BODY, ID: '00000000-1111-2222-3333-444444444444', ModifyIndex: 7, CreateIndex: 3 },
    })
    expect(differences([exchange()], [ours])).toEqual([])
    const at = (time: string) => exchange({ body: { Time: time } })
    expect(differences([at('2024-01-01T00:00:00Z')], [at('2026-05-05T10:00:00.123+02:00')])).toEqual([])
  })

  it('ports that the places name, and the order of what Consul does not order', () => {
    const at = (body: object) => exchange({ view: 'unordered', body })
    expect(
      differences([at({ a: ['x', 'y'], p: '<port>' })], [at({ a: ['y', 'x'], p: '4711' })], { 4711: '<port>' }),
    ).toEqual([])
  })
})
