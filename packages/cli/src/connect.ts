/** Flags and environment to a client. */
import { ConsulClient, optionsFromEnvironment } from '@sd/api-client'

/** Order of tokens as in Consul: -token-file, -token, CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN. */
export async function connect(
  flags: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ConsulClient> {
  const given = (name: string): string | undefined => (flags[name] as string | undefined) || undefined
  const { tokenFile: environmentFile, token: environmentToken, ...options } = optionsFromEnvironment(env)
  const tokenFile = given('token-file') ?? (given('token') ? undefined : environmentFile)
  const tls = {
    ...options.tls,
    ...present('caFile', given('ca-file')),
    ...present('caPath', given('ca-path')),
    ...present('certFile', given('client-cert')),
    ...present('keyFile', given('client-key')),
    ...present('serverName', given('tls-server-name')),
  }
  const client = new ConsulClient({
    ...options,
    tls,
    ...present('token', given('token') ?? environmentToken),
    ...present('tokenFile', tokenFile),
    ...present('address', given('http-addr')),
    ...present('datacenter', given('datacenter')),
    ...present('namespace', given('namespace')),
    ...present('partition', given('partition')),
  })
  await client.prepare()
  return client
}

const present = (name: string, value: string | undefined) => (value === undefined ? {} : { [name]: value })
