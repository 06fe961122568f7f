/** The version of Consul whose contract we keep: shown by `agent/self`, gossip's `build` tag and `sd version`. */
export const CONSUL_VERSION = '1.22.3'
/** Our own version, beside it. */
export const SD_VERSION = '0.1.0'
