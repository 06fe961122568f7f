/** Flags and environment to a client. */
import { readFile } from 'node:fs/promises'
import { ConsulClient, optionsFromEnvironment } from '@sd/api-client'
import { goFileError } from './read-data'

/** Order of tokens as in Consul: -token-file, -token, CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_TOKEN. */
export async function connect(
  flags: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ConsulClient> {
  const given = (name: string): string | undefined => (flags[name] as string | undefined) || undefined
  const { tokenFile: environmentFile, token: environmentToken, ...options } = optionsFromEnvironment(env)
  const tokenFile = given('token-file') ?? (given('token') ? undefined : environmentFile)
  const token = (tokenFile && (await readToken(tokenFile))) || given('token') || environmentToken
  const tls = { ...options.tls }
  const tlsFlags = [
    ['caFile', given('ca-file')],
    ['caPath', given('ca-path')],
    ['certFile', given('client-cert')],
    ['keyFile', given('client-key')],
    ['serverName', given('tls-server-name')],
  ] as const
  for (const [name, value] of tlsFlags) if (value !== undefined) tls[name] = value
  return new ConsulClient({
    ...options,
    tls,
    ...(token ? { token } : {}),
    ...present('address', given('http-addr')),
    ...present('datacenter', given('datacenter')),
    ...present('namespace', given('namespace')),
    ...present('partition', given('partition')),
  })
}

const present = (name: string, value: string | undefined) => (value === undefined ? {} : { [name]: value })

async function readToken(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (error) {
    throw new Error(`Error loading token file ${path} : ${goFileError(path, error)}`, { cause: error })
  }
}
