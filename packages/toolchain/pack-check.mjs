/** Run in a package's folder: its packed form must please publint and are-the-types-wrong. */
import { spawnSync } from 'node:child_process'

const manifest = JSON.parse(await (await import('node:fs/promises')).readFile('package.json', 'utf8'))
const run = (args) => {
  const result = spawnSync('npx', args, { stdio: 'inherit' })
  if (result.status !== 0) process.exit(result.status ?? 1)
}
run(['publint', '--strict'])
run(['attw', '--pack', '.', '--profile', 'node16', '--quiet'])
console.log(`${manifest.name}: publint and are-the-types-wrong are clean`)
