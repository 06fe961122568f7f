/** The packages of this repository that are published. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const root = resolve(__dirname, '../../..')

export interface PublishedPackage {
  readonly name: string
  readonly dir: string
  readonly isApp: boolean
  /** Import specifiers: the package and its public subpaths. */
  readonly specifiers: readonly string[]
}

export function publishedPackages(): PublishedPackage[] {
  return ['packages', 'apps'].flatMap((kind) =>
    readdirSync(join(root, kind))
      .map((name) => join(root, kind, name))
      .filter((dir) => existsSync(join(dir, 'package.json')))
      .map((dir) => ({ dir, manifest: JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) }))
      .filter(({ manifest }) => !manifest.private)
      .map(({ dir, manifest }) => ({
        name: manifest.name as string,
        dir,
        isApp: kind === 'apps',
        specifiers: Object.keys(manifest.exports as object)
          .filter((path) => path !== './package.json')
          .map((path) => (path === '.' ? manifest.name : `${manifest.name}${path.slice(1)}`) as string),
      })),
  )
}
