/** Certificates and keys from the files that options name. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileFault } from './connection-fault'
import { ApiOptionsError } from './errors'
import type { TlsOptions } from './options'

export interface TlsMaterial {
  rejectUnauthorized?: boolean
  servername?: string
  ca?: Buffer[]
  cert?: Buffer
  key?: Buffer
}

export async function readTlsFiles(tls: TlsOptions): Promise<TlsMaterial> {
  const material: TlsMaterial = {}
  if (tls.verify === false) material.rejectUnauthorized = false
  if (tls.serverName) material.servername = tls.serverName
  // A file wins over a folder, as in Consul.
  if (tls.caFile) material.ca = [await read(tls.caFile, 'CA File')]
  else if (tls.caPath) material.ca = await readFolder(tls.caPath)
  if (Boolean(tls.certFile) !== Boolean(tls.keyFile)) {
    throw new ApiOptionsError('a client certificate and its key are given together or not at all')
  }
  if (tls.certFile && tls.keyFile) {
    material.cert = await read(tls.certFile, 'client certificate')
    material.key = await read(tls.keyFile, 'client key')
  }
  return material
}

async function read(path: string, what: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    throw new ApiOptionsError(`Error loading ${what}: ${fileFault(path, error)}`, error)
  }
}

async function readFolder(path: string): Promise<Buffer[]> {
  let names: string[]
  try {
    names = await readdir(path)
  } catch (error) {
    throw new ApiOptionsError(`Error loading CA Path: ${fileFault(path, error)}`, error)
  }
  return Promise.all(names.sort().map((name) => read(join(path, name), 'CA File')))
}
