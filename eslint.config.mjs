export { base as default } from './packages/toolchain/eslint.base.mjs'
