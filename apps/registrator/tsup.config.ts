import { defineConfig } from 'tsup'

const shared = { target: 'node20.19', sourcemap: true, treeshake: true, splitting: false } as const

export default defineConfig([
  /** One file for the command: it starts without looking for a single module. */
  {
    ...shared,
    entry: { bin: 'src/bin.ts' },
    format: ['cjs'],
    outExtension: () => ({ js: '.cjs' }),
    noExternal: [/^@sd\//, 'undici'],
    minifySyntax: true,
  },
  { ...shared, entry: { index: 'src/index.ts' }, format: ['esm', 'cjs'], dts: true },
])
