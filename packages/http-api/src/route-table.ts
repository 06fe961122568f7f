/** Finds the row of a path, without trying them in turn: an exact path first, then the longest one that covers it. */
import type { Route } from './route'

/** No path of ours has more parts; deeper slashes belong to keys and names. */
const PARTS_MAX = 8

export type RouteMatch =
  | { readonly route: Route; readonly tailStart: number }
  /** The path misses the slash at the end of a row's. */
  | { readonly redirect: string }

export class RouteTable {
  readonly #byPath = new Map<string, Route>()

  constructor(routes: readonly Route[]) {
    for (const route of routes) this.#byPath.set(route.path, route)
  }

  /** `tailStart` is where the part of the path begins that the row left open. */
  match(path: string): RouteMatch | undefined {
    const exact = this.#byPath.get(path)
    if (exact) return { route: exact, tailStart: path.length }
    let found: Route | undefined
    for (let at = path.indexOf('/'), parts = 0; at >= 0 && parts < PARTS_MAX; at = path.indexOf('/', at + 1), parts++) {
      found = this.#byPath.get(path.slice(0, at + 1)) ?? found
    }
    if (this.#byPath.has(`${path}/`)) return { redirect: `${path}/` }
    return found && { route: found, tailStart: found.path.length }
  }
}
