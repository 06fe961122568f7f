/** Puts into a server what a measurement needs. */
import { Pool } from 'undici'

/** Requests under way at once. */
const CALLS_MAX = 32

async function putAll(http: string, requests: Iterable<{ path: string; body: string }>): Promise<number> {
  const pool = new Pool(http, { connections: CALLS_MAX, pipelining: 1 })
  const queue = requests[Symbol.iterator]()
  const startedAt = performance.now()
  const worker = async () => {
    for (let next = queue.next(); !next.done; next = queue.next()) {
      const { path, body } = next.value
      const answer = await pool.request({ method: 'PUT', path, body })
      const text = await answer.body.text()
      if (answer.statusCode !== 200) throw new Error(`${path}: ${answer.statusCode} ${text}`)
    }
  }
  await Promise.all(Array.from({ length: CALLS_MAX }, worker))
  const tookMs = performance.now() - startedAt
  await pool.close()
  return tookMs
}

/** Registers instances of one service with the agent. */
export const registerInstances = (http: string, name: string, count: number) =>
  putAll(
    http,
    Array.from({ length: count }, (_, i) => ({
      path: '/v1/agent/service/register',
      body: JSON.stringify({
        ID: `${name}-${i}`,
        Name: name,
        Tags: ['v1'],
        Address: `10.0.${i >> 8}.${i & 255}`,
        Port: 80,
      }),
    })),
  )

/** Registers different services through the agent, one instance each. Returns how long it took, in milliseconds. */
export const registerServices = (http: string, count: number) =>
  putAll(
    http,
    Array.from({ length: count }, (_, i) => ({
      path: '/v1/agent/service/register',
      body: JSON.stringify({
        ID: `service-${i}`,
        Name: `service-${i}`,
        Tags: ['v1'],
        Address: '10.0.0.1',
        Port: 1024 + i,
      }),
    })),
  )

export const putKey = (http: string, key: string, value: string) =>
  putAll(http, [{ path: `/v1/kv/${key}`, body: value }])

export const putKeys = (http: string, count: number) =>
  putAll(
    http,
    Array.from({ length: count }, (_, i) => ({ path: `/v1/kv/keys/${i}`, body: `value of key ${i}` })),
  )
