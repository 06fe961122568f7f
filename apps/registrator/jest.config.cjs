module.exports = require('../../packages/toolchain/jest.base.cjs')(__dirname)
