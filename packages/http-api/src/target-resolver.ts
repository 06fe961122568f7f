/** What a request target asks for. Pure, and remembered for targets that come again and again. */
import type { ResolvedOptions } from './options'
import { cleanUrlPath, NO_QUERY, parseGoQuery, parseTarget, type QueryValues } from './go/go-url'
import { isPrintable } from './go/go-values'
import type { MatchedTarget } from './request-context'
import type { Route } from './route'
import { RouteTable } from './route-table'

/** Targets that are remembered; two generations of this many. */
const REMEMBERED_MAX = 512
/** Longer targets are not remembered. */
const REMEMBERED_LENGTH_MAX = 256
/** Values that change with every request, or must not be kept. */
const NOT_REMEMBERED = /[?&](?:index|token)=/

export interface BoundRoute extends Route {
  /** The label of its metrics: the path with "_" for "/". */
  readonly label: string
  /** For OPTIONS and 405. */
  readonly allow: string
}

export type Resolved =
  | { readonly kind: 'malformed' }
  | { readonly kind: 'unprintable' }
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'asset'; readonly path: string }
  | { readonly kind: 'unknown'; readonly path: string }
  | {
      readonly kind: 'api'
      readonly route: BoundRoute
      readonly target: MatchedTarget
      /** The query could not be parsed; Consul answers 500 without a word. */
      readonly badQuery: boolean
      readonly blocked: boolean
    }

export class TargetResolver {
  readonly #table: RouteTable
  readonly #bound = new Map<Route, BoundRoute>()
  #recent = new Map<string, Resolved>()
  #older = new Map<string, Resolved>()

  constructor(
    routes: readonly Route[],
    readonly options: ResolvedOptions,
  ) {
    this.#table = new RouteTable(routes)
    for (const route of routes) {
      const label = route.path.slice(1).replaceAll('/', '_')
      this.#bound.set(route, { ...route, label, allow: ['OPTIONS', ...route.methods].join(',') })
    }
  }

  resolve(target: string): Resolved {
    const known = this.#recent.get(target)
    if (known) return known
    const old = this.#older.get(target)
    const resolved = old ?? this.#resolve(target)
    if (target.length <= REMEMBERED_LENGTH_MAX && !NOT_REMEMBERED.test(target)) {
      if (this.#recent.size >= REMEMBERED_MAX) {
        this.#older = this.#recent
        this.#recent = new Map()
      }
      this.#recent.set(target, resolved)
    }
    return resolved
  }

  #resolve(text: string): Resolved {
    const target = parseTarget(text)
    if (!target) return { kind: 'malformed' }
    const { rawPath, path, rawQuery } = target
    if (!this.options.allowUnprintablePaths && !isPrintable(path)) return { kind: 'unprintable' }
    const suffix = rawQuery === '' ? '' : `?${rawQuery}`
    const cleaned = cleanUrlPath(rawPath)
    if (cleaned !== rawPath) return { kind: 'redirect', location: cleaned + suffix }
    const { uiRoot, uiContentPath } = this.options
    if (uiRoot !== undefined) {
      if (rawPath === '/robots.txt') return { kind: 'asset', path: 'robots.txt' }
      if (path.startsWith(uiContentPath)) return { kind: 'asset', path: path.slice(uiContentPath.length) }
      if (`${rawPath}/` === uiContentPath) return { kind: 'redirect', location: uiContentPath + suffix }
    }
    // Go's server matches what a segment means, not how it was written.
    const match = this.#table.match(rawPath) ?? (/%2f/i.test(rawPath) ? undefined : this.#table.match(path))
    if (!match) return { kind: 'unknown', path }
    if ('redirect' in match) return { kind: 'redirect', location: match.redirect + suffix }
    const route = this.#bound.get(match.route) as BoundRoute
    const query: QueryValues | undefined = parseGoQuery(rawQuery)
    return {
      kind: 'api',
      route,
      target: { path, query: query ?? NO_QUERY, tail: path.slice(match.tailStart) },
      badQuery: query === undefined,
      blocked: this.options.blockEndpoints.some((prefix) => path.startsWith(prefix)),
    }
  }
}
