import { type KvEntry, kvEntryFields } from '@sd/model'
import { decodeList, needTextList } from '../json'
import { escapePath, type QueryParameters, readParameters } from '../query-string'
import { type QueryResult, readMeta } from '../read-meta'
import { type CallOptions, parseAnswer, type ReadOptions, type Transport } from '../transport'

/** 64 bits of the caller's own beside a value. */
export interface PutOptions extends CallOptions {
  readonly flags?: number | bigint
}

/** The key-value store. Keys have no slash in front. */
export class KvArea {
  readonly #transport: Transport
  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** One key; the value is undefined when it does not exist, with an index to wait on. */
  async get(key: string, options: ReadOptions = {}): Promise<QueryResult<KvEntry | undefined>> {
    const { value, meta } = await this.#read(key, options, {}, (body, path) => decodeList(kvEntryFields, body, path))
    return { value: value[0], meta }
  }

  /** All keys that begin with `prefix`, in byte order. */
  list(prefix: string, options: ReadOptions = {}): Promise<QueryResult<readonly KvEntry[]>> {
    return this.#read(prefix, options, { recurse: true }, (body, path) => decodeList(kvEntryFields, body, path))
  }

  /** Names only; with `separator` each name ends at the first one behind the prefix. */
  keys(prefix: string, options: { separator?: string } & ReadOptions = {}): Promise<QueryResult<readonly string[]>> {
    const query = { keys: true, separator: options.separator || undefined }
    return this.#read(prefix, options, query, needTextList)
  }

  async put(key: string, value: string | Uint8Array, options: PutOptions = {}): Promise<void> {
    await this.#write(key, value, options, {})
  }

  /** Writes when the key's modify index is still this one; 0 when it does not exist. False when it was not written. */
  compareAndSet(key: string, value: string | Uint8Array, modifyIndex: number, options: PutOptions = {}) {
    return this.#write(key, value, options, { cas: String(modifyIndex) })
  }

  /** Takes the lock of a key for a session, and writes. False when another session holds it. */
  acquire(key: string, value: string | Uint8Array, session: string, options: PutOptions = {}) {
    return this.#write(key, value, options, { acquire: session })
  }

  /** Gives the lock back, and writes. False when this session does not hold it. */
  release(key: string, value: string | Uint8Array, session: string, options: PutOptions = {}) {
    return this.#write(key, value, options, { release: session })
  }

  async delete(key: string, call?: CallOptions): Promise<void> {
    await this.#delete(key, {}, call)
  }

  /** Deletes every key that begins with `prefix`. */
  async deleteTree(prefix: string, call?: CallOptions): Promise<void> {
    await this.#delete(prefix, { recurse: true }, call)
  }

  /** Deletes when the key's modify index is still this one. */
  compareAndDelete(key: string, modifyIndex: number, call?: CallOptions): Promise<boolean> {
    return this.#delete(key, { cas: String(modifyIndex) }, call)
  }

  async #read<T>(
    key: string,
    options: ReadOptions,
    extra: QueryParameters,
    decode: (body: unknown, path: string) => T,
  ): Promise<QueryResult<T>> {
    const path = pathOf(key)
    const query = { ...readParameters(options), ...extra }
    const answer = await this.#transport.request({ path, query, call: options, accept: [404] })
    const body = answer.status === 404 ? null : parseAnswer(path, answer)
    return { value: decode(body, path), meta: readMeta(answer.headers) }
  }

  async #write(key: string, value: string | Uint8Array, options: PutOptions, query: QueryParameters): Promise<boolean> {
    const flags = options.flags ? String(options.flags) : undefined
    const request = {
      method: 'PUT' as const,
      path: pathOf(key),
      query: { ...query, flags },
      body: value,
      call: options,
    }
    return isTrue(await this.#transport.request(request))
  }

  async #delete(key: string, query: QueryParameters, call: CallOptions | undefined): Promise<boolean> {
    return isTrue(await this.#transport.request({ method: 'DELETE', path: pathOf(key), query, call }))
  }
}

const pathOf = (key: string) => `/v1/kv/${escapePath(key)}`
const isTrue = ({ body }: { body: Buffer }) => body.toString('utf8').trim() === 'true'
