import { defineConfig } from 'tsup'

const shared = { target: 'node20.19', sourcemap: true, treeshake: false } as const

export default defineConfig([
  /** The command: one file and, apart, what few runs need (the HTTP client), so that an agent starts in no time. */
  {
    ...shared,
    entry: { bin: 'src/bin.ts' },
    format: ['esm'],
    splitting: true,
    noExternal: [/.*/],
    // Dependencies in CommonJS ask for Node's modules by `require`.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    esbuildOptions: (options) => {
      options.minifySyntax = true
      options.minifyWhitespace = true
      options.chunkNames = 'chunks/[name]-[hash]'
    },
  },
  { ...shared, entry: { index: 'src/index.ts' }, format: ['esm', 'cjs'], dts: true, splitting: false },
])
