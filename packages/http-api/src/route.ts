/** A row of the route table, and what its handler answers with. */
import type { Backend, BackendArea } from './backend/backend'
import type { ReadResult } from './backend/call'
import type { RequestContext } from './request-context'

export type Method = 'GET' | 'PUT' | 'POST' | 'DELETE'

/** What is sent back. */
export interface Reply {
  /** @defaultValue 200 */
  readonly status?: number
  /** Name, value, name, value ... beside those that every answer has. */
  readonly headers?: readonly string[]
  /** Absent with a body is application/json; null sends none. */
  readonly contentType?: string | null
  /** Text is compact JSON, unless `contentType` says otherwise. */
  readonly body?: string | Uint8Array
  /** Instead of `body`: chunks, sent as they come. */
  readonly stream?: AsyncIterable<string | Uint8Array>
  /** Instead of `body`: the JSON of a read, made when it is not in `result.rendered` yet. */
  readonly read?: RenderedRead<unknown>
}

export interface RenderedRead<T> {
  readonly result: ReadResult<T>
  readonly encode: (value: T) => string
}

export type Handler<Area> = (context: RequestContext, backend: Area) => Reply | Promise<Reply>

export interface Route {
  /** A path that ends with a slash matches everything below it. */
  readonly path: string
  readonly methods: readonly Method[]
  readonly handle: (context: RequestContext) => Reply | Promise<Reply>
}

/** A row before it is bound to a backend. `needs` names a method that an area may lack. */
export interface AreaRoute<Area> {
  readonly path: string
  readonly methods: readonly Method[]
  readonly needs?: keyof Area & string
  readonly handler: Handler<Area>
}

export interface AreaRoutes {
  bind(backend: Backend): Route[]
}

/** The rows of one area; none when the backend lacks it. */
export function areaRoutes<Name extends BackendArea>(
  name: Name,
  rows: readonly AreaRoute<NonNullable<Backend[Name]>>[],
): AreaRoutes {
  return {
    bind(backend) {
      const area = backend[name]
      if (!area) return []
      return rows
        .filter(
          (row) => row.needs === undefined || (area as unknown as Record<string, unknown>)[row.needs] !== undefined,
        )
        .map(({ path, methods, handler }) => ({ path, methods, handle: (context) => handler(context, area) }))
    },
  }
}
