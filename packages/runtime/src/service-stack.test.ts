import { ServiceStack } from './service-stack'

const service = (name: string, log: string[], failing = false) => ({
  start: async () => void log.push(`start ${name}`),
  stop: async () => {
    log.push(`stop ${name}`)
    if (failing) throw new Error(`${name} would not stop`)
  },
})

test('services stop in reverse order, all of them, and the first error comes out', async () => {
  const log: string[] = []
  const stack = new ServiceStack()
  await stack.start(service('a', log))
  await stack.start(service('b', log, true))
  await stack.start(service('c', log))
  await expect(stack.stop()).rejects.toThrow('b would not stop')
  expect(log).toEqual(['start a', 'start b', 'start c', 'stop c', 'stop b', 'stop a'])
  await stack.stop()
})
