/** Which kind of package may import which, by the nx tag in its package.json. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const workspace = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

const allowed = {
  foundation: ['foundation'],
  engine: ['foundation'],
  edge: ['foundation'],
  client: ['foundation', 'client'],
  assembly: ['foundation', 'engine'],
  app: ['foundation', 'engine', 'edge', 'client', 'assembly'],
  testing: ['foundation', 'engine', 'edge', 'client', 'assembly', 'app', 'testing', 'tooling'],
  tooling: ['tooling'],
}

const subpaths = new Set(['testing', 'flags'])

const manifests = new Map()
function manifestOf(file) {
  const [root, name] = relative(workspace, file).split(sep)
  if (root !== 'packages' && root !== 'apps') return undefined
  const path = join(workspace, root, name, 'package.json')
  if (!manifests.has(path)) manifests.set(path, existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined)
  return manifests.get(path)
}

const byName = new Map()
function manifestNamed(name) {
  if (!byName.has(name)) {
    const path = join(workspace, 'node_modules', name, 'package.json')
    byName.set(name, existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined)
  }
  return byName.get(name)
}

const tagOf = (manifest) => manifest?.nx?.tags?.[0]
const isTest = (file) => /\.test\.ts$|[\\/]test[\\/]/.test(file)

export const boundaries = {
  meta: { type: 'problem', schema: [], messages: { problem: '{{text}}' } },
  create(context) {
    const file = context.filename
    const self = manifestOf(file)
    if (!self) return {}
    const report = (node, text) => context.report({ node, messageId: 'problem', data: { text } })
    const check = (node) => {
      const source = node.source?.value
      if (typeof source !== 'string' || source.startsWith('.') || source.startsWith('node:')) return
      const parts = source.split('/')
      const name = source.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]
      const declared = self.dependencies?.[name] ?? self.peerDependencies?.[name] ?? self.optionalDependencies?.[name]
      if (
        !declared &&
        name !== self.name &&
        !isTest(file) &&
        !['tooling', 'testing'].includes(tagOf(self)) &&
        !/config\.(ts|mjs|cjs)$/.test(file)
      ) {
        report(node, `${self.name} imports ${name} without declaring it in its package.json`)
      }
      if (!name.startsWith('@sd/') || isTest(file)) return
      const sub = parts.slice(2).join('/')
      if (sub && !subpaths.has(sub))
        report(node, `deep import ${source}: only the package root and its public subpaths`)
      const target = tagOf(manifestNamed(name))
      if (target && !allowed[tagOf(self)]?.includes(target)) {
        report(node, `${self.name} (${tagOf(self)}) may not import ${name} (${target})`)
      }
    }
    return { ImportDeclaration: check, ExportNamedDeclaration: check, ExportAllDeclaration: check }
  },
}
