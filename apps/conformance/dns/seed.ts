/** The nodes and services that the questions are about, registered through the HTTP API. */
import type { Agent } from '../support/agents'

const VERSION_META = { 'consul-network-segment': '', 'consul-version': '1.22.3' }
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)

/** As many instances as do not fit into a plain UDP answer, with names of one length. */
const MANY = range(11, 50)

export async function seed(agent: Agent): Promise<void> {
  for (const registration of registrations()) await agent.must('PUT', '/v1/catalog/register', registration)
  for (const service of localServices) await agent.must('PUT', '/v1/agent/service/register', service)
}

const host = (i: number) => ({ Node: `host${i}`, Address: `10.0.0.${i}` })

const localServices = [
  { Name: 'local', Port: 7000, Tags: ['primary'], Meta: { version: '2' } },
  { Name: 'weighted', Port: 7001, Weights: { Passing: 10, Warning: 5 } },
  {
    Name: 'tagged',
    Port: 7002,
    Address: '10.7.0.1',
    TaggedAddresses: { lan: { Address: '10.7.0.2', Port: 1 }, wan: { Address: '1.2.3.4', Port: 2 } },
  },
]

function registrations(): object[] {
  return [
    ...range(1, 10).map((i) => ({
      ...host(i),
      Service: { Service: 'web', ID: `web${i}`, Port: 800 + i, Tags: ['v1', 'a.b'] },
    })),
    ...range(1, 5).map((i) => ({
      ...host(i),
      Service: {
        Service: 'api',
        ID: `api${i}`,
        Port: 90,
        Address: `192.168.99.${i}`,
        Weights: { Passing: i, Warning: 1 },
      },
    })),
    {
      Node: 'ext',
      Address: 'example.com',
      NodeMeta: { a: 'b', 'rfc1035-x': 'raw' },
      Service: { Service: 'ext', Port: 443 },
    },
    { Node: 'v6', Address: '2001:db8::1', Service: { Service: 'six', Port: 443 } },
    { ...host(1), Service: { Service: 'cn', Port: 443, Address: 'one.service.consul' } },
    { ...host(1), Service: { Service: 'far', Port: 443, Address: 'far.example.org' } },
    { ...host(1), Service: { Service: 'one', Port: 443 } },
    { Node: 'longmeta', Address: '10.0.0.77', NodeMeta: { k: 'x'.repeat(300) } },
    { Node: 'UPPER', Address: '10.0.0.78', Service: { Service: 'Upper', Port: 1, Tags: ['TAG'] } },
    { Node: 'dotted.name', Address: '10.0.0.79', Service: { Service: 'dotted', Port: 1 } },
    { Node: 'under_score', Address: '10.0.0.80', Service: { Service: 'under_score', Port: 1 } },
    ...MANY.flatMap((i) => {
      const node = { Node: `server-number-${i}`, Address: `10.1.0.${i}`, NodeMeta: VERSION_META }
      return [
        { ...node, Service: { Service: 'many', Port: 1000 + i } },
        { ...node, Service: { Service: 'many6', Address: `2001:db8::${i}`, Port: 1000 + i } },
        { ...host(1), Service: { Service: 'samenode', ID: `s${i}`, Port: 1000 + i } },
      ]
    }),
    ...['passing', 'warning', 'critical'].map((Status, i) => ({
      Node: `state${i}`,
      Address: `10.8.0.${i}`,
      Service: { Service: 'states', ID: 'states', Port: i + 1, Weights: { Passing: 7, Warning: 3 } },
      Check: { CheckID: 'states', Name: 'states', ServiceID: 'states', Status },
    })),
    {
      Node: 'sick',
      Address: '10.8.0.9',
      Service: { Service: 'sick', Port: 1 },
      Check: { CheckID: 'node', Name: 'node', Status: 'critical' },
    },
  ]
}
