/** The two messages of grpc.health.v1 (health.proto), by hand: one string out, one enum in. */

export const GRPC_HEALTH_PATH = '/grpc.health.v1.Health/Check'

const SERVING_STATUS = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN']

/** gRPC status codes, by number, as Go names them. */
export const GRPC_CODES = [
  'OK',
  'Canceled',
  'Unknown',
  'InvalidArgument',
  'DeadlineExceeded',
  'NotFound',
  'AlreadyExists',
  'PermissionDenied',
  'ResourceExhausted',
  'FailedPrecondition',
  'Aborted',
  'OutOfRange',
  'Unimplemented',
  'Internal',
  'Unavailable',
  'DataLoss',
  'Unauthenticated',
]

function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80)
    rest >>>= 7
  }
  bytes.push(rest)
  return bytes
}

/** HealthCheckRequest { service = 1 } in a gRPC frame. */
export function encodeHealthRequest(service: string): Buffer {
  const name = Buffer.from(service)
  const message = name.length === 0 ? name : Buffer.concat([Buffer.from([0x0a, ...varint(name.length)]), name])
  const frame = Buffer.alloc(5 + message.length)
  frame.writeUInt32BE(message.length, 1)
  message.copy(frame, 5)
  return frame
}

/**
 * The status in a framed HealthCheckResponse { status = 1 }, as proto's text; unknown fields are skipped.
 * Undefined when the bytes are not one uncompressed frame with such a message.
 */
export function decodeHealthResponse(frame: Buffer): string | undefined {
  if (frame.length < 5 || frame[0] !== 0 || frame.readUInt32BE(1) !== frame.length - 5) return undefined
  let status = 0
  let at = 5
  const readVarint = (): number | undefined => {
    let value = 0
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = frame[at++]
      if (byte === undefined) return undefined
      // Bits above 53 only occur in fields that are skipped, and in negative enums that no server sends.
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
    return undefined
  }
  while (at < frame.length) {
    const key = readVarint()
    if (key === undefined) return undefined
    const wireType = key % 8
    if (wireType === 0) {
      const value = readVarint()
      if (value === undefined) return undefined
      if (key === 8) status = value
    } else if (wireType === 1) at += 8
    else if (wireType === 5) at += 4
    else if (wireType === 2) {
      const length = readVarint()
      if (length === undefined) return undefined
      at += length
    } else return undefined
  }
  return at === frame.length ? (SERVING_STATUS[status] ?? String(status)) : undefined
}

/** Percent-decoded `grpc-message` (gRPC over HTTP/2, Status-Message); bad escapes stay. */
export function decodeGrpcMessage(text: string): string {
  const bytes: number[] = []
  const raw = Buffer.from(text, 'latin1')
  for (let i = 0; i < raw.length; i++) {
    const hex = raw[i] === 0x25 ? raw.toString('latin1', i + 1, i + 3) : ''
    if (/^[0-9a-fA-F]{2}$/.test(hex)) {
      bytes.push(Number.parseInt(hex, 16))
      i += 2
    } else bytes.push(raw[i] as number)
  }
  return Buffer.from(bytes).toString('utf8')
}

/** The code that stands for an HTTP status without a gRPC answer (gRPC, "HTTP to gRPC Status Code Mapping"). */
export function grpcCodeOfHttpStatus(status: number): string {
  if (status === 400) return 'Internal'
  if (status === 401) return 'Unauthenticated'
  if (status === 403) return 'PermissionDenied'
  if (status === 404) return 'Unimplemented'
  return [429, 502, 503, 504].includes(status) ? 'Unavailable' : 'Unknown'
}
