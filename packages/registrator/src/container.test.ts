import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomInteger } from '@sd/runtime'
import { SeededRandom } from '@sd/runtime/testing'
import { parseContainer } from './container'
import { servicesFromContainer } from './services-from-container'

const recorded = (name: string): unknown => JSON.parse(readFileSync(join(__dirname, '../test/recorded', name), 'utf8'))

test('reads a recorded answer of Docker 20.10', () => {
  expect(parseContainer(recorded('inspect-up.json'))).toEqual({
    id: '64158a1c86195b9c3ec1d7fdfd97fb8ab28b26f33b0b38b29f9a70a630ca12b0',
    name: 'web',
    image: 'ekofr/http-ip',
    hostname: '64158a1c8619',
    env: ['SERVICE_NAME=shop', 'SERVICE_CHECK_SCRIPT=curl -sf http://$SERVICE_IP:$SERVICE_PORT/', 'PATH=/bin'],
    labels: { SERVICE_TAGS: 'a,b' },
    exposedPorts: ['8080/tcp', '8443/tcp'],
    publishedPorts: {
      '8080/tcp': [
        { hostAddress: '0.0.0.0', hostPort: '82' },
        { hostAddress: '::', hostPort: '82' },
      ],
      '8443/tcp': [
        { hostAddress: '0.0.0.0', hostPort: '32768' },
        { hostAddress: '::', hostPort: '32768' },
      ],
    },
    networkMode: 'network-node-01',
    address: '',
    networks: [
      {
        name: 'network-node-01',
        id: 'ba5a898f92a48e2ee7b16a768e3783b23e21fc7cec60857e5b4e2770cebc4f60',
        address: '172.18.0.2',
      },
    ],
    isUp: true,
    exitCode: 0,
  })
})

test('knows how a container ended', () => {
  expect(parseContainer(recorded('inspect-down.json'))).toMatchObject({ isUp: false, exitCode: 137 })
})

test.each([
  ['running', { Running: true }, true],
  ['paused', { Running: true, Paused: true }, true],
  ['waiting for its restart', { Running: true, Restarting: true }, false],
  ['dead', { Running: true, Dead: true }, false],
  ['created', {}, false],
])('a container that is %s: up is %s', (_what, state, isUp) => {
  expect(parseContainer({ Id: 'x', State: state }).isUp).toBe(isUp)
})

test.each([[null], [[]], ['text'], [{}], [{ Id: 7 }]])('refuses %j, which has no id', (answer) => {
  expect(() => parseContainer(answer)).toThrow('no container Id')
})

test('whatever an engine answers, parsing and rules either work or say that it is no container', () => {
  const seed = Number(process.env['FUZZ_SEED'] ?? 7)
  const random = new SeededRandom(seed)
  const runs = Number(process.env['FUZZ_RUNS'] ?? 2_000)
  const odd = [
    null,
    0,
    -1,
    '',
    'x',
    '80/tcp',
    [],
    {},
    true,
    [null],
    { '': null },
    '/',
    'container:',
    '\u0000',
    { Id: {} },
  ]
  const mutate = (value: unknown): unknown => {
    if (randomInteger(random, 12) === 0) return odd[randomInteger(random, odd.length)]
    if (Array.isArray(value)) return value.map(mutate)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [randomInteger(random, 20) ? key : 'x', mutate(inner)]),
    )
  }
  for (let run = 0; run < runs; run++) {
    const answer = mutate(recordedUp)
    try {
      const container = parseContainer(answer)
      for (const isInternal of [false, true]) {
        for (const service of servicesFromContainer(container, { hostname: 'h', isInternal })) {
          expect(Number.isInteger(service.port)).toBe(true)
          expect(typeof service.address).toBe('string')
        }
      }
    } catch (error) {
      if ((error as { code?: string }).code !== 'REGISTRATOR_ENGINE_ANSWER') {
        throw new Error(`seed ${seed}, run ${run}: ${JSON.stringify(answer)}`, { cause: error })
      }
    }
  }
})

const recordedUp = recorded('inspect-up.json')
