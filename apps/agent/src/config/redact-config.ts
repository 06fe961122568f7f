/** The configuration as it may be shown (`DebugConfig` of /v1/agent/self): secrets say "hidden". */
import type { RuntimeConfig } from './build-config'

const HIDDEN = 'hidden'

/** Consul hides by name, so that a new secret can not slip through. */
const SECRET_NAME = /(?:token|encrypt|secret|password|caConfig|snapshotAgent)$|^(?:encrypt|keyFile|introToken)/i
const NOT_SECRET = new Set([
  'disableKeyringFile',
  'encryptVerifyIncoming',
  'encryptVerifyOutgoing',
  'enableTokenReplication',
  'enableTokenPersistence',
  'autoEncrypt',
  'introTokenFile',
  'keyFile',
])
/** Below these, every text is a secret. */
const SECRET_BLOCKS = new Set(['tokens', 'caConfig', 'snapshotAgent', 'addHeaders'])

export function redactConfig(config: RuntimeConfig): Record<string, unknown> {
  return redact(config, false) as Record<string, unknown>
}

function redact(value: unknown, isSecret: boolean): unknown {
  if (isSecret && (typeof value === 'string' || typeof value === 'number')) return HIDDEN
  if (Array.isArray(value)) return value.map((item) => redact(item, isSecret))
  if (typeof value !== 'object' || value === null) return value
  const result: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  for (const [key, item] of Object.entries(value)) {
    const hides = isSecret || SECRET_BLOCKS.has(key) || (SECRET_NAME.test(key) && !NOT_SECRET.has(key))
    result[key] = redact(item, hides)
  }
  return result
}
