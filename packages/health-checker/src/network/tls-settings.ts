import { readFileSync } from 'node:fs'
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls'
import type { ProbeTlsOptions } from '../options'

/** Where systems keep their authorities, in the order in which Go looks. */
const SYSTEM_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
]

function systemAuthorities(): string | undefined {
  const own = process.env['SSL_CERT_FILE']
  for (const path of own ? [own] : SYSTEM_BUNDLES) {
    try {
      return readFileSync(path, 'utf8')
    } catch {
      continue
    }
  }
  return undefined
}

/** How a probe speaks TLS; name checks are the definition's, trust is the checker's. */
export interface TlsSettings {
  readonly context: SecureContext
  readonly serverName: string
  readonly skipVerify: boolean
  readonly alpn?: readonly string[] | undefined
}

/** Makes the certificate store once, on first use: parsing the system's authorities takes a few milliseconds. */
export class TlsContexts {
  #context: SecureContext | undefined

  constructor(private readonly options: ProbeTlsOptions = {}) {}

  get context(): SecureContext {
    if (this.#context) return this.#context
    const { ca, cert, key } = this.options
    const authorities =
      ca === undefined ? (systemAuthorities() ?? [...rootCertificates]) : typeof ca === 'string' ? ca : [...ca]
    this.#context = createSecureContext({ ca: authorities, ...(cert ? { cert } : {}), ...(key ? { key } : {}) })
    return this.#context
  }
}
