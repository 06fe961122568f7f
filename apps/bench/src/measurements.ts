/** What is measured, and the ratio to Consul that we aim at (docs/measurements.md has the last figures). */
import { registerInstances, putKey } from './fill'
import { dnsperf, PUT_KEYS, wrk } from './load'
import type { Started } from './target'

export interface Measurement {
  readonly name: string
  readonly unit: string
  /** True when more is better: the goal is then a least ratio, else a greatest. */
  readonly isRate: boolean
  readonly goal: number
  prepare?(server: Started): Promise<unknown>
  measure(server: Started, seconds: number): Promise<number>
}

/** Measured in turns on servers that run side by side. */
export const throughput: readonly Measurement[] = [
  {
    name: 'GET /v1/kv/key, 64 connections',
    unit: 'req/s',
    isRate: true,
    goal: 1.5,
    prepare: (server) => putKey(server.http, 'key', 'value'),
    measure: (server, seconds) => wrk({ url: `${server.http}/v1/kv/key`, connections: 64, seconds }),
  },
  {
    name: 'GET /v1/health/service/web?passing, 10 instances',
    unit: 'req/s',
    isRate: true,
    goal: 5,
    prepare: (server) => registerInstances(server.http, 'web', 10),
    measure: (server, seconds) =>
      wrk({ url: `${server.http}/v1/health/service/web?passing`, connections: 64, seconds }),
  },
  {
    name: 'GET /v1/health/service/big?passing, 1,000 instances',
    unit: 'req/s',
    isRate: true,
    goal: 15,
    prepare: (server) => registerInstances(server.http, 'big', 1_000),
    measure: (server, seconds) =>
      wrk({ url: `${server.http}/v1/health/service/big?passing`, connections: 64, seconds }),
  },
  {
    name: 'PUT /v1/kv, 1 client, durable',
    unit: 'req/s',
    isRate: true,
    goal: 1.2,
    measure: (server, seconds) => wrk({ url: server.http, connections: 1, seconds, script: PUT_KEYS }),
  },
  {
    name: 'PUT /v1/kv, 64 clients, durable',
    unit: 'req/s',
    isRate: true,
    goal: 3,
    measure: (server, seconds) => wrk({ url: server.http, connections: 64, seconds, script: PUT_KEYS }),
  },
  {
    name: 'DNS A, 10 instances, UDP',
    unit: 'queries/s',
    isRate: true,
    goal: 5,
    measure: (server, seconds) => dnsperf(server.dnsPort, 'web.service.consul A', seconds),
  },
  {
    name: 'DNS SRV, 10 instances, UDP',
    unit: 'queries/s',
    isRate: true,
    goal: 5,
    measure: (server, seconds) => dnsperf(server.dnsPort, 'web.service.consul SRV', seconds),
  },
]
