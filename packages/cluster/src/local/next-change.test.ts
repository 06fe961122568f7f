import { nodeServiceFields } from '@sd/model'
import { VirtualClock } from '@sd/runtime/testing'
import { LocalState } from './local-state'
import { nextChange } from './next-change'

const claim = { service: nodeServiceFields.create({ id: 'web', service: 'web' }), token: '', isFromFile: false }

test('a change of any claim ends the wait, and nothing is left of it', async () => {
  const clock = new VirtualClock()
  const state = new LocalState()
  const changed = nextChange(state, clock, 60_000, new AbortController().signal)
  state.putService(claim)
  await changed
  expect(clock.pending).toBe(0)
})

test('time ends the wait, and the signal ends it with its reason', async () => {
  const clock = new VirtualClock()
  const controller = new AbortController()
  const inTime = nextChange(new LocalState(), clock, 1_000, controller.signal)
  await clock.advance(1_000)
  await inTime
  const aborted = nextChange(new LocalState(), clock, 1_000, controller.signal)
  controller.abort(new Error('enough'))
  await expect(aborted).rejects.toThrow('enough')
})
