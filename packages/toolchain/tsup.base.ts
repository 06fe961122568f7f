import { defineConfig } from 'tsup'

/** A published library: ESM, CJS and types for both, dependencies left external. */
export const library = (entries: string[]) =>
  defineConfig({
    entry: Object.fromEntries(entries.map((file) => [file.replace(/^src\//, '').replace(/\.ts$/, ''), file])),
    format: ['esm', 'cjs'],
    target: 'node20.19',
    dts: true,
    sourcemap: true,
    clean: true,
    treeshake: true,
    splitting: false,
  })
