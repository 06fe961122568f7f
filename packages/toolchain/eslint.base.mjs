import tseslint from 'typescript-eslint'
import { boundaries } from './boundaries.mjs'
import { purity } from './purity.mjs'

const sd = { rules: { boundaries, purity } }

export const base = tseslint.config(
  { ignores: ['**/dist/**', '**/coverage/**', '**/.nx/**', '**/.cache/**', '**/node_modules/**'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    plugins: { sd },
    rules: {
      'sd/boundaries': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
    },
  },
  {
    files: ['packages/raft/src/core/**/*.ts', 'packages/catalog/src/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: { 'sd/purity': 'error' },
  },
  { files: ['**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
)
