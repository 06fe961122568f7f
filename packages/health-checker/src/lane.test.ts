import { setMaxListeners } from 'node:events'
import { Lane } from './lane'

const never = new AbortController().signal
setMaxListeners(0, never)

test('who finds no place waits in order', async () => {
  const lane = new Lane(2)
  const order: number[] = []
  const [first, second] = await Promise.all([lane.enter(never), lane.enter(never)])
  const third = lane.enter(never).then((leave) => (order.push(3), leave))
  const fourth = lane.enter(never).then((leave) => (order.push(4), leave))
  expect([lane.busy, lane.waiting]).toEqual([2, 2])
  first?.()
  first?.()
  const leaveThird = await third
  expect(order).toEqual([3])
  second?.()
  leaveThird()
  ;(await fourth)()
  expect([order, lane.busy, lane.waiting]).toEqual([[3, 4], 0, 0])
})

test('who gives up loses no place for others', async () => {
  const lane = new Lane(1)
  const leave = await lane.enter(never)
  const controller = new AbortController()
  const gone = lane.enter(controller.signal)
  const next = lane.enter(never)
  controller.abort(new Error('gave up'))
  await expect(gone).rejects.toThrow('gave up')
  leave()
  ;(await next)()
  expect(lane.busy).toBe(0)
  await expect(lane.enter(controller.signal)).rejects.toThrow('gave up')
})

test('a long queue is worked off', async () => {
  const lane = new Lane(1)
  let passed = 0
  await Promise.all(
    Array.from({ length: 5_000 }, async () => {
      const leave = await lane.enter(never)
      passed++
      leave()
    }),
  )
  expect([passed, lane.busy, lane.waiting]).toEqual([5_000, 0, 0])
})
