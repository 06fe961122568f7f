import { json } from '../client'
import type { Scenario } from '../suite'

/** Consul's limit for a value. */
const VALUE_BYTES_MAX = 512 * 1024

export const kvScenarios: readonly Scenario[] = [
  {
    name: 'a key is absent, written, read, changed and removed',
    run: async (c) => {
      await c.script(`
        GET /v1/kv/life/a
        GET /v1/kv/life/a?raw
        GET /v1/kv/life?recurse
        GET /v1/kv/life?keys
        DELETE /v1/kv/life/a
        PUT /v1/kv/life/a one
        GET /v1/kv/life/a
        GET /v1/kv/life/a?raw
        GET /v1/kv/life/a?pretty
        PUT /v1/kv/life/a?flags=42 two
        GET /v1/kv/life/a
        PUT /v1/kv/life/a?flags=42 two
        GET /v1/kv/life/a
        PUT /v1/kv/life/empty
        GET /v1/kv/life/empty
        GET /v1/kv/life/empty?raw
        GET /v1/kv/life?recurse
        DELETE /v1/kv/life/a
        GET /v1/kv/life/a
        GET /v1/kv/life?recurse
        DELETE /v1/kv/life?recurse
        GET /v1/kv/life?recurse
        DELETE /v1/kv/life?recurse
      `)
    },
  },
  {
    name: 'flags go up to 64 bits',
    run: async (c) => {
      await c.script(`
        PUT /v1/kv/flags/a?flags=18446744073709551615 x
        GET /v1/kv/flags/a
        PUT /v1/kv/flags/a?flags=9007199254740993 x
        GET /v1/kv/flags/a
        PUT /v1/kv/flags/a?flags=18446744073709551616 x
        PUT /v1/kv/flags/a?flags=-1 x
        PUT /v1/kv/flags/a?flags=x x
        PUT /v1/kv/flags/a?flags= x
        PUT /v1/kv/flags/a?flags=0x10 x
        GET /v1/kv/flags/a
        DELETE /v1/kv/flags?recurse
      `)
    },
  },
  {
    name: 'check-and-set',
    run: async (c) => {
      await c.script(`
        PUT /v1/kv/cas/a?cas=0 one
        PUT /v1/kv/cas/a?cas=0 two
        PUT /v1/kv/cas/a?cas=1 two
        PUT /v1/kv/cas/none?cas=7 x
        PUT /v1/kv/cas/a?cas=x two
        PUT /v1/kv/cas/a?cas= two
        PUT /v1/kv/cas/a?cas=-1 two
      `)
      const [entry] = json<{ ModifyIndex: number }[]>(await c.get('/v1/kv/cas/a'))
      const index = entry?.ModifyIndex ?? 0
      await c.put(`/v1/kv/cas/a?cas=${index}`, 'two')
      await c.put(`/v1/kv/cas/a?cas=${index}`, 'three')
      await c.get('/v1/kv/cas/a')
      await c.delete(`/v1/kv/cas/a?cas=${index}`)
      await c.script(`
        DELETE /v1/kv/cas/a?cas=0
        DELETE /v1/kv/cas/none?cas=0
        DELETE /v1/kv/cas/a?cas=1
        DELETE /v1/kv/cas/a?cas=x
        DELETE /v1/kv/cas/a?cas=1&recurse
        PUT /v1/kv/cas/a?cas=1&acquire=x y
        GET /v1/kv/cas?recurse
      `)
      const [last] = json<{ ModifyIndex: number }[]>(await c.get('/v1/kv/cas/a'))
      await c.delete(`/v1/kv/cas/a?cas=${last?.ModifyIndex}`)
      await c.get('/v1/kv/cas/a')
    },
  },
  {
    name: 'locks by sessions',
    run: async (c) => {
      const { ID: first } = json<{ ID: string }>(await c.put('/v1/session/create', { Name: 'first', LockDelay: '0s' }))
      const { ID: second } = json<{ ID: string }>(
        await c.put('/v1/session/create', { Behavior: 'delete', LockDelay: '0s' }),
      )
      await c.script(`
        PUT /v1/kv/lock/a?acquire=${first} one
        GET /v1/kv/lock/a
        PUT /v1/kv/lock/a?acquire=${second} two
        PUT /v1/kv/lock/a?acquire=${first} three
        GET /v1/kv/lock/a
        PUT /v1/kv/lock/a written-without-lock
        GET /v1/kv/lock/a
        PUT /v1/kv/lock/a?release=${second} four
        PUT /v1/kv/lock/a?release=${first} five
        GET /v1/kv/lock/a
        PUT /v1/kv/lock/a?release=${first} six
        PUT /v1/kv/lock/a?acquire=${second} seven
        GET /v1/kv/lock/a
        PUT /v1/kv/lock/a?acquire=00000000-0000-0000-0000-000000000000 x
        PUT /v1/kv/lock/a?acquire=nonsense x
        PUT /v1/kv/lock/a?acquire= x
        PUT /v1/kv/lock/a?release= x
        PUT /v1/kv/lock/none?release=${first} x
        PUT /v1/kv/lock/b?acquire=${first} x
        PUT /v1/kv/lock/c?acquire=${second}&flags=7 x
        GET /v1/kv/lock?recurse
        PUT /v1/session/destroy/${first}
        GET /v1/kv/lock?recurse
        PUT /v1/session/destroy/${second}
        GET /v1/kv/lock?recurse
        GET /v1/kv/lock?keys
        DELETE /v1/kv/lock?recurse
      `)
    },
  },
  {
    name: 'lists and keys by prefix and separator',
    run: async (c) => {
      for (const key of ['t/a', 't/b/1', 't/b/2', 't/b/', 't/c/d/e', 't', 'tz', 't/B', 't/%', 't-x']) {
        await c.put(`/v1/kv/${key.replace('%', '%25')}`, key)
      }
      await c.script(`
        GET /v1/kv/t?recurse
        GET /v1/kv/t/?recurse
        GET /v1/kv/t/b?recurse
        GET /v1/kv/t/b/?recurse&pretty
        GET /v1/kv/?keys
        GET /v1/kv/t?keys
        GET /v1/kv/t/?keys
        GET /v1/kv/?keys&separator=/
        GET /v1/kv/t/?keys&separator=/
        GET /v1/kv/t/?keys&seperator=/
        GET /v1/kv/t/?keys&separator=b
        GET /v1/kv/t/b?keys&separator=/
        GET /v1/kv/t/?keys&separator=
        GET /v1/kv/nope?keys
        GET /v1/kv/nope/?keys&separator=/
        GET /v1/kv/t/?keys&recurse
        GET /v1/kv/t/?raw&recurse
        GET /v1/kv/t/b/
        GET /v1/kv/t/b
        DELETE /v1/kv/t/b/?recurse
        GET /v1/kv/t?keys
        DELETE /v1/kv/t?recurse
        GET /v1/kv/tz
        GET /v1/kv/?keys
        GET /v1/kv/?recurse
      `)
    },
  },
  {
    name: 'binary values and bodies',
    run: async (c) => {
      const binary = Buffer.from([0, 1, 2, 0xff, 0xfe, 0x80, 10, 13])
      await c.send('PUT', '/v1/kv/bin/a', { body: binary })
      await c.script(`
        GET /v1/kv/bin/a
        GET /v1/kv/bin/a?raw
        GET /v1/kv/bin?recurse
      `)
      await c.put('/v1/kv/bin/html', '<script>alert(1)</script>&"\u2028')
      await c.get('/v1/kv/bin/html?raw')
      await c.get('/v1/kv/bin/html')
      await c.send('PUT', '/v1/kv/bin/type', { body: 'x', headers: { 'Content-Type': 'application/json' } })
      await c.get('/v1/kv/bin/type')
      await c.send('PUT', '/v1/kv/bin/chunked', { body: 'in chunks', headers: { 'Transfer-Encoding': 'chunked' } })
      await c.get('/v1/kv/bin/chunked?raw')
      await c.delete('/v1/kv/bin?recurse')
    },
  },
  {
    name: 'odd keys',
    run: async (c) => {
      await c.script(`
        PUT /v1/kv/ x
        PUT /v1/kv x
        GET /v1/kv/
        GET /v1/kv
        DELETE /v1/kv/
        PUT /v1/kv/odd/a%20b x
        PUT /v1/kv/odd/a+b x
        PUT /v1/kv/odd/a%2Fb x
        PUT /v1/kv/odd/a%252Fb x
        PUT /v1/kv/odd/%C3%A4 x
        PUT /v1/kv/odd//double x
        PUT /v1/kv/odd/./dot x
        PUT /v1/kv/odd/../dots x
        PUT /v1/kv/odd/%2e%2e/dots x
        PUT /v1/kv/odd/%252e%252e/dots x
        PUT /v1/kv/%20lead x
        PUT /v1/kv/odd/trail%20 x
        PUT /v1/kv/odd/tail/ x
        PUT /v1/kv/odd/tail// x
        PUT /v1/kv//lead x
        PUT /v1/kv/odd/nul%00byte x
        PUT /v1/kv/odd/%zz x
        PUT /v1/kv/odd/new%0aline x
        PUT /v1/kv/odd/semi;colon x
        PUT /v1/kv/odd/question%3Fmark x
        PUT /v1/kv/odd/quote" x
        PUT /v1/kv/odd/a:b@c$d&e=f,g x
        PUT /v1/kv/odd/{curly} x
        GET /v1/kv/odd/?keys
        GET /v1/kv/odd/?recurse
        GET /v1/kv/odd/a%20b
        GET /v1/kv/odd/a+b
        GET /v1/kv/odd/a%2fb
        GET /v1/kv/odd//double
        GET /v1/kv/odd/./dot
        GET /v1/kv/odd/../odd/double
        GET /v1/kv/odd/tail/
        GET /v1/kv/odd/tail
        GET /v1/kv/%20lead
        DELETE /v1/kv/odd/a%20b
        DELETE /v1/kv/%20lead
        DELETE /v1/kv/odd?recurse
        DELETE /v1/kv/?recurse
        GET /v1/kv/?keys
      `)
    },
  },
  {
    name: 'keys that are no text',
    run: async (c) => {
      await c.script(`
        PUT /v1/kv/bytes/ä x
        PUT /v1/kv/bytes/%ff%fe x
      `)
      await c.delete('/v1/kv/bytes?recurse')
    },
  },
  {
    name: 'the size limit of a value',
    run: async (c) => {
      await c.put('/v1/kv/big/max', Buffer.alloc(VALUE_BYTES_MAX, 'x'))
      await c.get('/v1/kv/big/max?raw')
      await c.put('/v1/kv/big/over', Buffer.alloc(VALUE_BYTES_MAX + 1, 'x'))
      await c.get('/v1/kv/big/over')
      const chunked = { 'Transfer-Encoding': 'chunked' }
      await c.send('PUT', '/v1/kv/big/chunked', { body: Buffer.alloc(VALUE_BYTES_MAX, 'y'), headers: chunked })
      await c.send('PUT', '/v1/kv/big/over', { body: Buffer.alloc(VALUE_BYTES_MAX + 2, 'y'), headers: chunked })
      await c.get('/v1/kv/big?keys')
      await c.delete('/v1/kv/big?recurse')
    },
  },
  {
    name: 'consistency and conflicts of parameters',
    run: async (c) => {
      await c.put('/v1/kv/cons/a', 'x')
      await c.script(`
        GET /v1/kv/cons/a?stale
        GET /v1/kv/cons/a?consistent
        GET /v1/kv/cons/a?leader
        GET /v1/kv/cons/a?stale&consistent
        GET /v1/kv/cons/a?max_stale=10s
        GET /v1/kv/cons/a?max_stale=x
        GET /v1/kv/cons/a?cached
        GET /v1/kv/cons/a?dc=dc1
        GET /v1/kv/cons/a?dc=nope
        PUT /v1/kv/cons/a?dc=nope y
        DELETE /v1/kv/cons/a?dc=nope
        GET /v1/kv/cons/a?wait=x
        GET /v1/kv/cons/a?index=x
        GET /v1/kv/cons/a?ns=x
        GET /v1/kv/cons/a?partition=x
        GET /v1/kv/cons/a?token=x
        PUT /v1/kv/cons/a?acquire=a&release=b z
        POST /v1/kv/cons/a z
        PATCH /v1/kv/cons/a z
        OPTIONS /v1/kv/cons/a
        HEAD /v1/kv/cons/a
        HEAD /v1/kv/cons/none
        DELETE /v1/kv/cons?recurse
      `)
    },
  },
]
