/** Makes a server listen on a TCP address or a unix socket. */
import { chmod, chown, unlink } from 'node:fs/promises'
import { connect, type Server } from 'node:net'
import { HttpListenError } from './errors'
import type { HttpListener } from './options'

export const listenerName = (listener: HttpListener): string =>
  'path' in listener
    ? listener.path
    : `${listener.host.includes(':') ? `[${listener.host}]` : listener.host}:${listener.port}`

/** Throws {@link HttpListenError}. */
export async function openListener(server: Server, listener: HttpListener): Promise<void> {
  const name = listenerName(listener)
  if (!('path' in listener)) {
    await listen(server, { host: listener.host, port: listener.port }, name)
    return
  }
  try {
    await listen(server, { path: listener.path }, name)
  } catch (error) {
    if (!(await isAbandoned(listener.path))) throw error
    await unlink(listener.path)
    await listen(server, { path: listener.path }, name)
  }
  try {
    if (listener.mode !== undefined) await chmod(listener.path, listener.mode)
    if (listener.uid !== undefined || listener.gid !== undefined) {
      await chown(listener.path, listener.uid ?? -1, listener.gid ?? -1)
    }
  } catch (error) {
    server.close()
    throw new HttpListenError(name, error as NodeJS.ErrnoException)
  }
}

function listen(server: Server, address: { host?: string; port?: number; path?: string }, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => reject(new HttpListenError(name, error))
    server.once('error', onError)
    server.listen(address, () => {
      server.off('error', onError)
      resolve()
    })
  })
}

/** True for a socket file that a program left behind when it died. */
const isAbandoned = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = connect(path)
    probe.once('connect', () => {
      probe.destroy()
      resolve(false)
    })
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'))
  })
