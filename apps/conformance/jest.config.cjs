module.exports = require('../../packages/toolchain/jest.base.cjs')(__dirname, {
  testMatch: ['<rootDir>/**/*.test.ts'],
  testTimeout: 300_000,
  // Each suite starts real programs; two at once would only measure each other.
  maxWorkers: 1,
})
