/** The slides' ekofr/http-ip: answers "hello from <container ip>" on 8080. Made of busybox alone, since no image hub is needed then. */
import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { must } from '../support/run'

export const HTTP_IP = 'ekofr/http-ip'
/** While this file exists inside the container its web server is not started again. */
export const STOPPED_FILE = '/tmp/stopped'
const APPLETS = ['sh', 'httpd', 'hostname', 'sleep', 'killall', 'touch', 'rm', 'cat', 'echo']
const PAGE = `#!/bin/sh
printf "Content-Type: text/plain\\r\\n\\r\\n"
echo "hello from $(hostname -i)"
`
const APP = `#!/bin/sh
while :; do if [ -e ${STOPPED_FILE} ]; then sleep 0.2; else httpd -f -p 8080 -h /www; fi; done
`

/** Options of `docker import` that make the file system an image. */
export const HTTP_IP_CHANGES = ['CMD ["/bin/app"]', 'ENV PATH=/bin', 'EXPOSE 8080']

/** Writes the image's file system; returns the tar file. */
export async function buildHttpIp(dir: string): Promise<string> {
  const root = join(dir, 'http-ip')
  for (const folder of ['bin', 'www/cgi-bin', 'tmp', 'etc']) mkdirSync(join(root, folder), { recursive: true })
  const busybox = (await must('sh', ['-c', 'command -v busybox'])).trim()
  copyFileSync(busybox, join(root, 'bin/busybox'))
  for (const applet of APPLETS) symlinkSync('busybox', join(root, 'bin', applet))
  for (const [file, text] of [
    ['www/cgi-bin/index.cgi', PAGE],
    ['bin/app', APP],
  ] as const) {
    writeFileSync(join(root, file), text)
    chmodSync(join(root, file), 0o755)
  }
  const tar = join(dir, 'http-ip.tar')
  await must('tar', ['-C', root, '-cf', tar, '.'])
  return tar
}
