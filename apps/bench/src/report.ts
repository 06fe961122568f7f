/**
 * Measures ours beside a real Consul in one run, in turns, and prints ratios.
 *
 *   npx nx bench @sd/bench            CONSUL=/path/to/consul ROUNDS=5 SECONDS=3 ONLY=DNS
 */
import { execFileSync } from 'node:child_process'
import { registerServices, putKeys } from './fill'
import { type Measurement, throughput } from './measurements'
import { consulProgram, ours, type Program, start, type Started } from './target'

const rounds = Number(process.env['ROUNDS'] ?? 5)
const seconds = Number(process.env['SECONDS'] ?? 3)
/** Measures only what has this in its name. */
const only = process.env['ONLY'] ?? ''
const SERVICES = 5_000
const KEYS = 100_000

interface Row {
  readonly name: string
  readonly unit: string
  readonly ours: number
  readonly consul: number
  readonly goal: string
  readonly isMet: boolean
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number

function row(name: string, unit: string, isRate: boolean, goal: number, our: number, consul: number): Row {
  const ratio = our / consul
  return {
    name,
    unit,
    ours: our,
    consul,
    goal: `${isRate ? '>=' : '<='} ${goal}`,
    isMet: isRate ? ratio >= goal : ratio <= goal,
  }
}

async function startups(programs: readonly [Program, Program]): Promise<Row[]> {
  const first: number[][] = [[], []]
  const leader: number[][] = [[], []]
  const registered: number[][] = [[], []]
  for (let round = 0; round < rounds; round++) {
    for (const [i, program] of programs.entries()) {
      const server = await start(program)
      first[i]?.push(server.firstAnswerMs)
      leader[i]?.push(server.leaderMs)
      registered[i]?.push(server.registeredMs)
      await server.stop('SIGKILL')
      server.discard()
    }
  }
  const pair = (values: readonly number[][]) => values.map(median) as [number, number]
  return [
    row('start until the first HTTP answer', 'ms', false, 2, ...pair(first)),
    row('start until it leads', 'ms', false, 0.1, ...pair(leader)),
    row('start until it is in its own catalog', 'ms', false, 0.1, ...pair(registered)),
  ]
}

async function inTurns(measurement: Measurement, servers: readonly Started[]): Promise<Row> {
  for (const server of servers) await measurement.prepare?.(server)
  const values: number[][] = servers.map(() => [])
  for (let round = 0; round < rounds; round++) {
    for (const [i, server] of servers.entries()) values[i]?.push(await measurement.measure(server, seconds))
  }
  const [our, consul] = values.map(median) as [number, number]
  return row(measurement.name, measurement.unit, measurement.isRate, measurement.goal, our, consul)
}

/** Memory and bulk work: fresh servers, one after the other. */
async function bulk(programs: readonly [Program, Program]): Promise<Row[]> {
  const values = { empty: [] as number[], filled: [] as number[], registering: [] as number[], restart: [] as number[] }
  for (const program of programs) {
    const server = await start(program)
    await new Promise((wait) => setTimeout(wait, 3_000))
    values.empty.push(server.memoryMb())
    values.registering.push((await registerServices(server.http, SERVICES)) / 1_000)
    await new Promise((wait) => setTimeout(wait, 3_000))
    values.filled.push(server.memoryMb())
    await server.stop()
    server.discard()
    const keyed = await start(program)
    await putKeys(keyed.http, KEYS)
    await keyed.stop()
    const again = await start(program, keyed.dataDir)
    values.restart.push(again.registeredMs)
    await again.stop()
    again.discard()
  }
  const pair = (list: readonly number[]) => [list[0] as number, list[1] as number] as const
  return [
    row('memory, empty server', 'MB', false, 0.75, ...pair(values.empty)),
    row(`memory with ${SERVICES} services`, 'MB', false, 0.5, ...pair(values.filled)),
    row(`registering ${SERVICES} services`, 's', false, 0.1, ...pair(values.registering)),
    row(`restart with ${KEYS} keys until it answers`, 'ms', false, 0.5, ...pair(values.restart)),
  ]
}

const figure = (value: number): string =>
  value >= 1_000 ? Math.round(value).toLocaleString('en') : value >= 100 ? value.toFixed(0) : value.toFixed(1)

function table(rows: readonly Row[]): string {
  const cells = rows.map((each) => [
    each.name,
    `${figure(each.ours)} ${each.unit}`,
    `${figure(each.consul)} ${each.unit}`,
    (each.ours / each.consul).toFixed(2),
    `${each.goal}${each.isMet ? '' : ' missed'}`,
  ])
  const all = [['what', 'ours', 'Consul', 'ratio', 'goal'], ...cells]
  const widths = [0, 1, 2, 3, 4].map((i) => Math.max(...all.map((line) => (line[i] as string).length)))
  const line = (texts: readonly string[]) =>
    `| ${texts.map((text, i) => text.padEnd(widths[i] as number)).join(' | ')} |`
  return [
    line(all[0] as string[]),
    `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`,
    ...cells.map(line),
  ].join('\n')
}

async function main(): Promise<void> {
  const binary = process.env['CONSUL']
  if (!binary) throw new Error('set CONSUL to the path of a real consul binary')
  console.log(execFileSync(binary, ['version'], { encoding: 'utf8' }).split('\n')[0], `node ${process.version}`)
  const programs = [ours, consulProgram(binary)] as const
  const rows: Row[] = only === '' ? await startups(programs) : []
  if (rows.length > 0) console.log(table(rows))
  const servers = [await start(programs[0]), await start(programs[1])]
  try {
    for (const measurement of throughput.filter(({ name }) => name.includes(only))) {
      const result = await inTurns(measurement, servers)
      rows.push(result)
      console.log(table([result]).split('\n')[2])
    }
  } finally {
    for (const server of servers) {
      await server.stop()
      server.discard()
    }
  }
  if (only === '') rows.push(...(await bulk(programs)))
  console.log(`\n${rounds} rounds of ${seconds} s each, in turns; medians\n\n${table(rows)}`)
}

main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
