/** One request to one agent with its answer, as it was on the wire. */

export interface Exchange {
  /** Method and target, with the ids of the side that was asked. */
  readonly label: string
  readonly status: number
  readonly reason: string
  /** Names as they were written, in the order of arrival. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer
  /** What of the body both sides must agree on. */
  readonly view: View
}

/**
 * `text`: every byte. `unordered`: JSON whose lists have no order in Consul (it walks a Go map). `shape`: the members
 * and types of JSON. A function: what it makes of JSON. `text` of something else than JSON is compared as base64 when it is no UTF-8.
 */
export type View = 'text' | 'unordered' | 'shape' | ((value: never) => unknown)

/** An exchange without what differs by nature between two agents. */
export interface Normalised {
  readonly label: string
  readonly status: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Difference {
  /** The request, by the label of the real side. */
  readonly request: string
  /** `status`, `header X`, `body`. */
  readonly where: string
  readonly real: string
  readonly ours: string
}
