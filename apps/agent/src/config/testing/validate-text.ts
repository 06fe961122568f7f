import { readFileSync } from 'node:fs'
import path from 'node:path'
import { isSdError } from '@sd/runtime'
import { noFlags } from '../config-flags'
import { assembleConfig, type LoadedConfig } from '../load-config'
import type { SourceFormat } from '../decode-config'
import { fakeHost } from './fake-host'

export interface ValidateCase {
  format: SourceFormat
  text: string
  stdout: string
  stderr: string
}

export const loadCases = (): ValidateCase[] =>
  JSON.parse(readFileSync(path.join(__dirname, 'consul-validate.json'), 'utf8')) as ValidateCase[]

/** Loads one text as a file named FILE. */
export const loadText = (format: SourceFormat, text: string): LoadedConfig =>
  assembleConfig({
    flags: noFlags(['FILE']),
    files: [{ path: 'FILE', format, bytes: Buffer.from(text) }],
    fileWarnings: [],
    host: fakeHost(),
    dataDir: { state: 'absent', hasOldData: false },
  })

/** What `validate` prints. */
export function validateText(format: SourceFormat, text: string): { stdout: string; stderr: string } {
  try {
    const { warnings } = loadText(format, text)
    return { stdout: 'Configuration is valid!\n', stderr: warnings.map((warning) => `${warning}\n`).join('') }
  } catch (error) {
    if (!isSdError(error, 'CONFIG_INVALID')) throw error
    return { stdout: '', stderr: `Config validation failed: ${error.message}\n` }
  }
}
