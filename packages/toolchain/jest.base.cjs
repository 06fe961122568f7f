const path = require('node:path')

/** Tests read the sources of every @sd package, so they need no build. */
module.exports = (rootDir, overrides = {}) => {
  const packages = path.resolve(__dirname, '..')
  const apps = path.resolve(__dirname, '../../apps')
  return {
    rootDir,
    testEnvironment: 'node',
    testMatch: ['<rootDir>/src/**/*.test.ts', '<rootDir>/test/**/*.test.ts'],
    transform: {
      '^.+\\.ts$': [
        '@swc/jest',
        {
          jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
          module: { type: 'commonjs' },
          sourceMaps: 'inline',
        },
      ],
    },
    moduleNameMapper: {
      '^@sd/(runtime|raft)/testing$': `${packages}/$1/src/testing/index.ts`,
      '^@sd/cli/flags$': `${packages}/cli/src/flags/index.ts`,
      '^@sd/agent$': `${apps}/agent/src/index.ts`,
      '^@sd/registrator-app$': `${apps}/registrator/src/index.ts`,
      '^@sd/([^/]+)$': `${packages}/$1/src/index.ts`,
    },
    ...overrides,
  }
}
