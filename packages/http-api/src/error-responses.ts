/** What was thrown, as an answer in Consul's words. */
import { errorMessage, isSdError } from '@sd/runtime'
import { TEXT_TYPE } from './respond'
import type { Reply } from './route'

const STATUS_MIN = 400
const STATUS_MAX = 599

/** The status that an error carries in its details; 500 for every other. */
export function errorStatus(error: unknown): number {
  const status = isSdError(error) ? error.details.status : undefined
  return typeof status === 'number' && Number.isInteger(status) && status >= STATUS_MIN && status <= STATUS_MAX
    ? status
    : 500
}

/** Message only: details, causes and stacks stay here. */
export function errorReply(error: unknown): Reply {
  const headers = (error as { headers?: readonly string[] } | null)?.headers
  return {
    status: errorStatus(error),
    contentType: TEXT_TYPE,
    body: errorMessage(error),
    ...(isSdError(error, 'HTTP_STATUS') && headers && headers.length > 0 ? { headers } : {}),
  }
}
