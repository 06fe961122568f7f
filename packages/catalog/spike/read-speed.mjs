/**
 * Reads of one service among 50 and among 5,000: the cost must not depend on the others.
 * Run after a build: npx tsup && node spike/read-speed.mjs
 */
import { healthCheckFields, nodeServiceFields, registerRequestFields } from '@sd/model'
import { CatalogStateMachine, getKey, listCheckServiceNodes, listServiceNodes, WatchSet } from '../dist/index.js'

for (const names of [5, 500]) {
  const machine = new CatalogStateMachine()
  let index = 0
  const start = performance.now()
  for (let i = 0; i < names * 10; i++) {
    const node = `node-${i % 100}`
    const service = nodeServiceFields.create({ id: `id-${i}`, service: `service-${i % names}`, port: 80, tags: ['v1'] })
    const check = healthCheckFields.create({ node, checkId: `check-${i}`, serviceId: service.id, status: 'passing' })
    const request = registerRequestFields.create({ node, address: '10.0.0.1', service, check })
    machine.applyCommand(++index, { type: 'register', request })
  }
  const registered = performance.now() - start
  const time = (count, read) => {
    for (let i = 0; i < count; i++) read()
    const from = performance.now()
    for (let i = 0; i < count; i++) read()
    return `${((1000 * (performance.now() - from)) / count).toFixed(1)} µs`
  }
  console.log(
    `${names * 10} instances registered in ${registered.toFixed(0)} ms`,
    `| health of one service (10 instances) ${time(5_000, () => listCheckServiceNodes(machine.tables, 'service-3'))}`,
    `| its nodes ${time(5_000, () => listServiceNodes(machine.tables, 'service-3'))}`,
    `| a watched health read ${time(5_000, () => {
      const watch = new WatchSet()
      listCheckServiceNodes(machine.tables, 'service-3', {}, watch)
      watch.onChange(() => {})
      watch.close()
    })}`,
    `| a missing key ${time(50_000, () => getKey(machine.tables, 'none'))}`,
  )
}
