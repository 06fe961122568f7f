/** Which engine to talk to, from Docker's own environment variables. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { InvalidOptionError } from '../errors'

export type DockerHost =
  | { kind: 'unix'; path: string; text: string }
  | { kind: 'tcp'; url: string; text: string; tls?: { ca: string; cert: string; key: string; verify: boolean } }

/** Where a registrator's container has the engine's socket, as the documentation of gliderlabs/registrator mounts it. */
export const MOUNTED_SOCKET = '/tmp/docker.sock'
const SYSTEM_SOCKET = '/var/run/docker.sock'

export interface DockerEnvironment {
  DOCKER_HOST?: string | undefined
  DOCKER_TLS_VERIFY?: string | undefined
  DOCKER_CERT_PATH?: string | undefined
}

/**
 * Reads `DOCKER_HOST` (`unix:///path`, `tcp://host:port`, `http://`, `https://`), `DOCKER_TLS_VERIFY` and `DOCKER_CERT_PATH`.
 * Without `DOCKER_HOST`: `/tmp/docker.sock` when it exists, else `/var/run/docker.sock`.
 * @throws InvalidOptionError
 */
export function dockerHostFromEnvironment(
  env: DockerEnvironment,
  files: { exists: (path: string) => boolean; read?: (path: string) => string },
): DockerHost {
  const text = env.DOCKER_HOST || `unix://${files.exists(MOUNTED_SOCKET) ? MOUNTED_SOCKET : SYSTEM_SOCKET}`
  const [, scheme, rest] = /^([a-z]+):\/\/(.+)$/.exec(text) ?? []
  switch (scheme) {
    case 'unix':
      return { kind: 'unix', path: (rest as string).startsWith('/') ? (rest as string) : `/${rest}`, text }
    case 'tcp':
    case 'http':
    case 'https':
      return tcpHost(text, scheme, rest as string, env, files.read ?? ((path) => readFileSync(path, 'utf8')))
    default:
      throw new InvalidOptionError(
        'DOCKER_HOST',
        `${JSON.stringify(text)} is not unix:///path, tcp://host:port or https://host:port`,
      )
  }
}

function tcpHost(
  text: string,
  scheme: string,
  rest: string,
  env: DockerEnvironment,
  read: (path: string) => string,
): DockerHost {
  const isTls = scheme === 'https' || Boolean(env.DOCKER_TLS_VERIFY)
  const authority = rest.replace(/\/.*$/, '')
  const url = `${isTls ? 'https' : 'http'}://${/:\d+$/.test(authority) ? authority : `${authority}:${isTls ? 2376 : 2375}`}`
  if (!URL.canParse(url))
    throw new InvalidOptionError('DOCKER_HOST', `${JSON.stringify(text)} has no usable host and port`)
  if (!isTls) return { kind: 'tcp', url, text }
  if (!env.DOCKER_CERT_PATH)
    throw new InvalidOptionError('DOCKER_CERT_PATH', 'is needed with TLS: the folder of ca.pem, cert.pem and key.pem')
  const pem = (name: string) => {
    const path = join(env.DOCKER_CERT_PATH as string, name)
    try {
      return read(path)
    } catch (cause) {
      throw new InvalidOptionError('DOCKER_CERT_PATH', `cannot read ${path}: ${(cause as Error).message}`)
    }
  }
  return {
    kind: 'tcp',
    url,
    text,
    tls: { ca: pem('ca.pem'), cert: pem('cert.pem'), key: pem('key.pem'), verify: true },
  }
}
