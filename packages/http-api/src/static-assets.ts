/** The web UI's files. A path without a file gets index.html, since the UI routes in the browser. */
import { createReadStream } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.txt': 'text/plain; charset=utf-8',
  '.map': 'application/json',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
}

/** Sends the file of `path` below `root`; symbolic links may not lead out of it. */
export async function serveAsset(
  root: string,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  headers: readonly string[],
): Promise<void> {
  const base = await realpath(root)
  const found = (await regularFile(base, path)) ?? (await regularFile(base, 'index.html'))
  if (!found) {
    response.writeHead(404, ['Content-Type', 'text/plain; charset=utf-8', 'Content-Length', '19'])
    response.end('404 page not found\n')
    return
  }
  response.removeHeader('connection')
  response.writeHead(200, [
    ...headers,
    'Content-Type',
    TYPES[extname(found.file).toLowerCase()] ?? 'application/octet-stream',
    'Content-Length',
    String(found.size),
  ])
  if (request.method === 'HEAD') return void response.end()
  await pipeline(createReadStream(found.file), response).catch(() => response.destroy())
}

async function regularFile(base: string, path: string): Promise<{ file: string; size: number } | undefined> {
  if (path === '' || path.includes('\u0000')) return undefined
  try {
    const file = await realpath(join(base, path))
    if (!file.startsWith(base + sep)) return undefined
    const found = await stat(file)
    return found.isFile() ? { file, size: found.size } : undefined
  } catch {
    return undefined
  }
}
