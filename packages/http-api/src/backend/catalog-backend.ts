/** The catalog of nodes and services. */
import type { DeregisterRequest, JsonValue, Node, NodeService, RegisterRequest, ServiceNode } from '@sd/model'
import type { Call, MaybePromise, ReadOptions, ReadResult } from './call'

export interface CatalogServiceQuery {
  readonly service: string
  /** All must be present; absent when the caller named none. */
  readonly tags?: readonly string[]
  /** Instances that speak for the service in the mesh instead of its own. */
  readonly connect: boolean
  readonly mergeCentralConfig: boolean
  readonly peer?: string
}

/** A node with its services by id. */
export interface NodeServices {
  readonly node: Node
  readonly services: Readonly<Record<string, NodeService>>
}

export interface NodeServiceList {
  /** Null when there is no such node. */
  readonly node: Node | null
  /** Null for none. */
  readonly services: readonly NodeService[] | null
}

export interface CatalogBackend {
  /** Sorted by network distance. */
  datacenters(options: ReadOptions): MaybePromise<readonly string[]>
  nodes(options: ReadOptions): MaybePromise<ReadResult<readonly Node[]>>
  /** Tags by service name. */
  services(options: ReadOptions): MaybePromise<ReadResult<Readonly<Record<string, readonly string[]>>>>
  serviceNodes(query: CatalogServiceQuery, options: ReadOptions): MaybePromise<ReadResult<readonly ServiceNode[]>>
  /** `node` is a name or an id; a value of null is an unknown node. */
  nodeServices(node: string, options: ReadOptions): MaybePromise<ReadResult<NodeServices | null>>
  nodeServiceList(
    query: { readonly node: string; readonly mergeCentralConfig: boolean },
    options: ReadOptions,
  ): MaybePromise<ReadResult<NodeServiceList>>
  /** The objects of `/v1/catalog/gateway-services/NAME`, null for none. */
  gatewayServices?(gateway: string, options: ReadOptions): MaybePromise<ReadResult<readonly JsonValue[] | null>>
  /** An empty `request.datacenter` means the agent's own. */
  register(request: RegisterRequest, call: Call): MaybePromise<void>
  deregister(request: DeregisterRequest, call: Call): MaybePromise<void>
}
