/** Errors of the cluster. `details.status` is the HTTP status that Consul answers with; the message is its text. */
import { SdError } from '@sd/runtime'

export type ClusterErrorCode =
  'CLUSTER_BAD_REQUEST' | 'CLUSTER_NOT_FOUND' | 'CLUSTER_NO_LEADER' | 'CLUSTER_NO_PATH' | 'CLUSTER_REFUSED'

export class ClusterError extends SdError<ClusterErrorCode> {
  constructor(
    code: ClusterErrorCode,
    message: string,
    status: number,
    options: { cause?: unknown; retryable?: boolean } = {},
  ) {
    super(code, message, { ...options, details: { status } })
  }
}

/** The caller's request cannot be carried out as it is. */
export const badRequest = (message: string) => new ClusterError('CLUSTER_BAD_REQUEST', message, 400)
/** What was named does not exist. */
export const notFound = (message: string) => new ClusterError('CLUSTER_NOT_FOUND', message, 404)
/** The state does not allow it; Consul answers such refusals with 500. */
export const refused = (message: string, cause?: unknown) =>
  new ClusterError('CLUSTER_REFUSED', message, 500, { cause })
/** No server leads at the moment; the same call may succeed after an election. */
export const noLeader = () => new ClusterError('CLUSTER_NO_LEADER', 'No cluster leader', 500, { retryable: true })
/** Another datacenter that nobody here knows. */
export const noPathToDatacenter = () => new ClusterError('CLUSTER_NO_PATH', 'No path to datacenter', 500)
