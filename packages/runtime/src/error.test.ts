import { isSdError, SdError } from './error'

test('an error is known by its code, even when the class came from another copy of the package', () => {
  const error = new SdError('RAFT_NOT_LEADER', 'not the leader', { retryable: true, details: { leader: 'b' } })
  expect(isSdError(error)).toBe(true)
  expect(isSdError(error, 'RAFT_NOT_LEADER')).toBe(true)
  expect(isSdError(error, 'OTHER')).toBe(false)
  expect(isSdError(new Error('plain'))).toBe(false)
  expect(error).toMatchObject({ retryable: true, details: { leader: 'b' } })
})
