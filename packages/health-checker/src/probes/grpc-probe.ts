import { type ClientHttp2Session, constants, type IncomingHttpHeaders } from 'node:http2'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { errorMessage } from '@sd/runtime'
import { dial } from '../network/dial'
import { GoError, splitHostPort } from '../network/go-error'
import type { NameLookup } from '../network/name-lookup'
import type { TlsSettings } from '../network/tls-settings'
import type { Probe, ProbeResult } from '../probe'
import {
  decodeGrpcMessage,
  decodeHealthResponse,
  encodeHealthRequest,
  GRPC_CODES,
  GRPC_HEALTH_PATH,
  grpcCodeOfHttpStatus,
} from './grpc-health'
import { h2ErrorText, openH2Session, withinSession } from '../network/h2-session'

/** A health answer has two bytes; more than this is not one. */
const ANSWER_MAX_BYTES = 64 * 1_024

interface GrpcAnswer {
  readonly headers: IncomingHttpHeaders
  readonly trailers: IncomingHttpHeaders
  readonly body: Buffer
}

const rpcError = (code: string, description: string) => new Error(`rpc error: code = ${code} desc = ${description}`)
const connectionError = (description: string) =>
  rpcError('Unavailable', `connection error: desc = ${JSON.stringify(description)}`)

/** Asks a gRPC server for its health, or that of one service (grpc.health.v1.Health/Check); passing when SERVING. */
export class GrpcProbe implements Probe {
  readonly cost = 'socket'
  readonly #server: string
  readonly #service: string

  constructor(
    private readonly lookup: NameLookup,
    /** `host:port` or `host:port/service`. */
    readonly target: string,
    readonly timeoutMs: number,
    private readonly tls?: TlsSettings,
  ) {
    const slash = target.indexOf('/')
    this.#server = slash < 0 ? target : target.slice(0, slash)
    this.#service = slash < 0 ? '' : target.slice(slash + 1)
  }

  async run({ signal }: { signal: AbortSignal }): Promise<ProbeResult> {
    let socket: Socket | undefined
    let session: ClientHttp2Session | undefined
    try {
      socket = await this.#connect(signal)
      session = openH2Session(socket, this.#server, this.tls !== undefined)
      const status = servingStatus(await this.#call(session, signal))
      if (status !== 'SERVING') throw new Error(`gRPC ${this.target} serving status: ${status}`)
      return { status: 'passing', output: `gRPC check ${this.target}: success` }
    } catch (error) {
      return { status: 'critical', output: errorMessage(error) }
    } finally {
      session?.destroy()
      socket?.destroy()
    }
  }

  async #connect(signal: AbortSignal): Promise<Socket> {
    try {
      // Without a port, gRPC takes that of https.
      const address = /:\d*$|:[^\]]*$/.test(this.#server) ? this.#server : `${this.#server}:443`
      const { host, port } = splitHostPort('tcp', address)
      return await dial(host, port, { signal, lookup: this.lookup, tls: this.tls && { ...this.tls, alpn: ['h2'] } })
    } catch (error) {
      const isTls = error instanceof GoError && error.stage === 'tls'
      throw connectionError(
        isTls
          ? `transport: authentication handshake failed: ${errorMessage(error)}`
          : `transport: Error while dialing: ${errorMessage(error)}`,
      )
    }
  }

  async #call(session: ClientHttp2Session, signal: AbortSignal): Promise<GrpcAnswer> {
    try {
      await withinSession<void>(session, signal, (done) => session.once('remoteSettings', () => done()))
    } catch (error) {
      if (signal.aborted) {
        throw rpcError('DeadlineExceeded', 'context deadline exceeded while waiting for connections to become ready')
      }
      throw connectionError(`error reading server preface: ${h2ErrorText(error)}`)
    }
    try {
      return await withinSession<GrpcAnswer>(session, signal, (done, failed) => this.#request(session, done, failed))
    } catch (error) {
      if (signal.aborted) throw rpcError('DeadlineExceeded', 'context deadline exceeded')
      throw rpcError('Unavailable', `error reading from server: ${h2ErrorText(error)}`)
    }
  }

  #request(session: ClientHttp2Session, done: (answer: GrpcAnswer) => void, failed: (error: Error) => void): void {
    const stream = session.request({
      [constants.HTTP2_HEADER_METHOD]: 'POST',
      [constants.HTTP2_HEADER_PATH]: GRPC_HEALTH_PATH,
      'content-type': 'application/grpc',
      'user-agent': 'Consul Health Check',
      te: 'trailers',
      ...(this.timeoutMs > 0 ? { 'grpc-timeout': `${Math.min(99_999_999, Math.ceil(this.timeoutMs))}m` } : {}),
    })
    let headers: IncomingHttpHeaders = {}
    let trailers: IncomingHttpHeaders = {}
    const chunks: Buffer[] = []
    let bytes = 0
    stream.on('response', (received) => (headers = received))
    stream.on('trailers', (received) => (trailers = received))
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= ANSWER_MAX_BYTES) chunks.push(chunk)
      else stream.close(constants.NGHTTP2_CANCEL)
    })
    stream.on('error', failed)
    stream.on('close', () => done({ headers, trailers, body: Buffer.concat(chunks) }))
    stream.end(encodeHealthRequest(this.#service))
  }
}

/** The serving status of an answer; throws what gRPC says of a failed call. */
function servingStatus({ headers, trailers, body }: GrpcAnswer): string {
  const httpStatus = Number(headers[':status'] ?? 0)
  const contentType = String(headers['content-type'] ?? '')
  const code = trailers['grpc-status'] ?? headers['grpc-status']
  if (code === undefined && (httpStatus !== 200 || !contentType.startsWith('application/grpc'))) {
    const words = `${httpStatus} (${STATUS_CODES[httpStatus] ?? ''})`
    const type = contentType
      ? `received unexpected content-type ${JSON.stringify(contentType)}`
      : 'missing HTTP content-type'
    throw rpcError(
      grpcCodeOfHttpStatus(httpStatus),
      `unexpected HTTP status code received from server: ${words}; transport: ${type}`,
    )
  }
  if (code === undefined) throw rpcError('Internal', 'server closed the stream without sending trailers')
  if (Number(code) !== 0) {
    const message = decodeGrpcMessage(String(trailers['grpc-message'] ?? headers['grpc-message'] ?? ''))
    throw rpcError(GRPC_CODES[Number(code)] ?? `Code(${String(code)})`, message)
  }
  const status = decodeHealthResponse(body)
  if (status === undefined) throw rpcError('Internal', 'grpc: failed to unmarshal the received message')
  return status
}
