/** Who leads and who votes. */
import type { MaybePromise, ReadOptions } from './call'

export interface StatusBackend {
  /** Address and port of the leader's RPC; "" when there is none. */
  leader(options: ReadOptions): MaybePromise<string>
  peers(options: ReadOptions): MaybePromise<readonly string[] | null>
}
