/** `npm start`: install and build what is missing, then run a dev agent. */
import { existsSync } from 'node:fs'
import { spawn, spawnSync } from 'node:child_process'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const run = (command, args) => {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  if (result.status !== 0) process.exit(result.status ?? 1)
}

if (!existsSync(join(root, 'node_modules', 'nx'))) run('npm', ['ci'])
run('npx', ['nx', 'run-many', '-t', 'build', '--output-style=static'])

const agent = spawn(process.execPath, [join(root, 'apps/agent/bin/sd'), 'agent', '-dev', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => agent.kill(signal))
agent.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))
