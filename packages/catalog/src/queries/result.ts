/** What every query returns: its value, and the raft index to wait on for the next change (0: nothing was ever written). */
export interface QueryResult<T> {
  readonly index: number
  readonly value: T
}
