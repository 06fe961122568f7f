/** Flags that many commands share. */
import type { Consistency } from '@sd/model'
import { booleanFlag, stringFlag } from './flags'

/** How to reach an agent. */
export const clientFlags = {
  'http-addr': stringFlag(
    'The `address` of the agent: host and port, or a URL with http://, https:// or unix://. The variable ' +
      'CONSUL_HTTP_ADDR does the same, and CONSUL_HTTP_SSL=true asks for HTTPS. Without either it is localhost:8500.',
  ),
  token: stringFlag(
    'The ACL token of the request. The variable CONSUL_HTTP_TOKEN does the same. Without either the agent uses its own.',
  ),
  'token-file': stringFlag(
    'A file with the ACL token; it is preferred to -token and CONSUL_HTTP_TOKEN. The variable CONSUL_HTTP_TOKEN_FILE ' +
      'does the same.',
  ),
  'ca-file': stringFlag(
    'A file with the certificate authorities to trust, PEM. The variable CONSUL_CACERT does the same.',
  ),
  'ca-path': stringFlag('A folder of such files. The variable CONSUL_CAPATH does the same.'),
  'client-cert': stringFlag(
    'A file with the certificate to show to an agent that asks for one. The variable CONSUL_CLIENT_CERT does the same.',
  ),
  'client-key': stringFlag('The key of that certificate. The variable CONSUL_CLIENT_KEY does the same.'),
  'tls-server-name': stringFlag(
    "The name to expect in the agent's certificate. The variable CONSUL_TLS_SERVER_NAME does the same.",
  ),
}

/** Whom the agent asks. */
export const serverFlags = {
  datacenter: stringFlag("The datacenter to ask; the agent's own when it is not given."),
  stale: booleanFlag(
    'Let any server answer, not only the leader: faster, and possibly a little old. Writes are not affected.',
  ),
}

export const partitionFlags = {
  partition: stringFlag('The admin partition, where the servers know them (Consul Enterprise).'),
}

export const tenancyFlags = {
  namespace: stringFlag('The namespace, where the servers know them (Consul Enterprise).'),
  ...partitionFlags,
}

/** Read options from the flags of {@link serverFlags}. */
export const readOptions = (flags: { readonly stale: boolean | undefined }): { consistency?: Consistency } =>
  flags.stale ? { consistency: 'stale' } : {}
