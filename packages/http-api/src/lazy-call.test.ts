import { lazyCall } from './lazy-call'

function counted() {
  const source = {
    made: 0,
    get signal() {
      source.made++
      return new AbortController().signal
    },
  }
  return source
}

test('absent members are not there, and the signal is made when it is read', () => {
  const source = counted()
  const call = lazyCall(source, { token: undefined, near: 'n1' as string | undefined })
  expect(Object.keys(call)).toEqual(['near', 'signal'])
  expect(source.made).toBe(0)
  expect(call.signal).toBeInstanceOf(AbortSignal)
  expect(source.made).toBe(1)
})

test('a copy has a signal too', () => {
  const copy = { ...lazyCall(counted(), { near: 'n1' }), near: 'n2' }
  expect(copy.near).toBe('n2')
  expect(copy.signal).toBeInstanceOf(AbortSignal)
})
