module.exports = require('./jest.base.cjs')(__dirname, { testMatch: ['<rootDir>/*.test.ts'] })
