import { defineConfig } from 'tsup'

const shared = { target: 'node20.19', sourcemap: true, treeshake: true } as const

export default defineConfig([
  /** The command in a few files: what a subcommand does not need is not read at its start. */
  {
    ...shared,
    entry: { bin: 'src/bin.ts' },
    format: ['cjs'],
    outExtension: () => ({ js: '.cjs' }),
    noExternal: [/^@sd\//, 'undici', 'dns-packet', 'ipaddr.js'],
    minifySyntax: true,
    splitting: false,
  },
  { ...shared, entry: { index: 'src/index.ts' }, format: ['esm', 'cjs'], dts: true, splitting: false },
])
