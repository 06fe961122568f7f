/** Data of the command line: itself, a file (@name) or stdin (-). */
import { readFile } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { errorMessage } from '@sd/runtime'

const ERRNO_TEXT: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
  ENOTDIR: 'not a directory',
}

/** What Go says for an error of the system; undefined when it has no number we know. */
export const errnoText = (error: unknown): string | undefined => ERRNO_TEXT[(error as NodeJS.ErrnoException).code ?? '']

/** A failure of the file system in Go's words. */
export function goFileError(path: string, error: unknown): string {
  const text = errnoText(error)
  if (text === undefined) return errorMessage(error)
  return `${text === ERRNO_TEXT.EISDIR ? 'read' : 'open'} ${path}: ${text}`
}

/** As given, or what is in the file behind '@', or all of stdin for a lone '-'. */
export async function readData(text: string, stdin: Readable): Promise<Buffer> {
  if (text.startsWith('@')) {
    const path = text.slice(1)
    try {
      return await readFile(path)
    } catch (error) {
      throw new Error(`Failed to read file: ${goFileError(path, error)}`, { cause: error })
    }
  }
  if (text !== '-') return Buffer.from(text)
  try {
    return await readAll(stdin)
  } catch (error) {
    throw new Error(`Failed to read stdin: ${errorMessage(error)}`, { cause: error })
  }
}

async function readAll(stdin: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk as Uint8Array | string))
  return Buffer.concat(chunks)
}
