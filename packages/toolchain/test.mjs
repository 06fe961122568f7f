/** `npm test`: install what is missing, build, check types and style, run every test that needs no Docker, root or Consul. */
import { existsSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const step = (name, command, args) => {
  const started = Date.now()
  console.log(`\n== ${name}`)
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  console.log(`== ${name}: ${result.status === 0 ? 'ok' : 'FAILED'} in ${((Date.now() - started) / 1000).toFixed(1)} s`)
  if (result.status !== 0) process.exit(result.status ?? 1)
}

if (!existsSync(join(root, 'node_modules', 'nx'))) step('install', 'npm', ['ci'])
const nx = (target) => ['nx', 'run-many', '-t', target, '--parallel=2', '--output-style=static']
step('build', 'npx', nx('build'))
step('types', 'npx', nx('typecheck'))
step('lint', 'npm', ['run', 'lint'])
step('tests', 'npx', nx('test'))
step('packages', 'npx', nx('pack-check'))
