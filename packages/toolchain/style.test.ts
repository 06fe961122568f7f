/** Rules about the repository that no linter knows. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'

const root = resolve(__dirname, '../..')
const SKIPPED = new Set(['node_modules', 'dist', 'coverage', 'golden', 'testdata', '.nx'])

function filesBelow(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.has(entry.name)) return []
    const path = join(dir, entry.name)
    return entry.isDirectory() ? filesBelow(path) : [path]
  })
}

const sources = ['packages', 'apps']
  .flatMap((kind) => filesBelow(join(root, kind)))
  .filter((file) => file.endsWith('.ts'))
const published = ['packages', 'apps']
  .flatMap((kind) => readdirSync(join(root, kind)).map((name) => join(root, kind, name)))
  .filter((dir) => existsSync(join(dir, 'package.json')))
  .map((dir) => ({ dir, manifest: JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) }))
  .filter(({ manifest }) => !manifest.private)

/** Codes that a package's errors carry: the first argument of `super`, and unions of codes in error classes. */
function errorCodes(dir: string): string[] {
  const codes = new Set<string>()
  for (const file of filesBelow(join(dir, 'src')).filter((each) => /\.ts$/.test(each) && !/\.test\.ts$/.test(each))) {
    const text = readFileSync(file, 'utf8')
    for (const [, code] of text.matchAll(/(?:super\(\s*|SdError<)'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)'/g))
      codes.add(code as string)
  }
  return [...codes].sort()
}

test('source files are named in kebab case', () => {
  const odd = sources
    .map((file) => basename(file))
    .filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*\.ts$/.test(name))
  expect(odd).toEqual([])
})

test('nothing is left unfinished or switched off', () => {
  const marks = /\b(?:TODO|FIXME|XXX)\b|\b(?:it|test|describe)\.(?:only|skip|todo)\b/
  const found = sources
    .filter((file) => basename(file) !== 'style.test.ts')
    .filter((file) => marks.test(readFileSync(file, 'utf8')))
    .map((file) => relative(root, file))
  expect(found).toEqual([])
})

test('each package says what it is, how to install it, and its licence', () => {
  for (const { dir, manifest } of published) {
    const readme = readFileSync(join(dir, 'README.md'), 'utf8')
    const title = readme.split('\n')[0]?.slice(2)
    expect([manifest.name, ...Object.keys((manifest.bin ?? {}) as object)]).toContain(title)
    expect(readme).toMatch(/npm install /)
    expect(readme).toContain('## Licence\n\nMIT')
    expect(manifest).toMatchObject({
      license: 'MIT',
      engines: { node: '>=20.19' },
      publishConfig: { access: 'public' },
    })
  }
})

test('each error code stands in docs/reference/errors.md, and each one there is raised somewhere', () => {
  const page = readFileSync(join(root, 'docs/reference/errors.md'), 'utf8')
  const documented = [...page.matchAll(/^\| `([A-Z0-9_]+)`/gm)].map(([, code]) => code as string)
  const raised = [...new Set(published.flatMap(({ dir }) => errorCodes(dir)))]
  expect(raised.filter((code) => !documented.includes(code))).toEqual([])
  const text = sources.map((file) => readFileSync(file, 'utf8')).join('\n')
  expect(documented.filter((code) => !text.includes(`'${code}'`))).toEqual([])
})

test('decisions are numbered without gaps and have their four parts', () => {
  const pages = readdirSync(join(root, 'docs/adr'))
    .filter((name) => name !== 'template.md')
    .sort()
  expect(pages.map((name) => Number(name.slice(0, 4)))).toEqual(pages.map((_, i) => i + 1))
  for (const page of pages) {
    const text = readFileSync(join(root, 'docs/adr', page), 'utf8')
    expect(text).toMatch(/context/i)
    expect(text).toMatch(/gave up/i)
    expect(text).toMatch(/revisit/i)
  }
})

test('links between the documents lead somewhere', () => {
  const pages = [...filesBelow(join(root, 'docs')), join(root, 'README.md'), join(root, 'CONTRIBUTING.md')].filter(
    (file) => file.endsWith('.md'),
  )
  const broken = pages.flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)]
      .map(([, target]) => target as string)
      .filter((target) => !existsSync(resolve(page, '..', target)))
      .map((target) => `${relative(root, page)}: ${target}`),
  )
  expect(broken).toEqual([])
})
