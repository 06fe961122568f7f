module.exports = require('../toolchain/jest.base.cjs')(__dirname)
