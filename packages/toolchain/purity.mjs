/** Cores take time and randomness as input: no clock, no timers, no files, no sockets, no async in them. */
const globals = new Set([
  'Date',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'process',
  'performance',
  'fetch',
  'crypto',
])

export const purity = {
  meta: { type: 'problem', schema: [], messages: { impure: 'a pure core may not use {{what}}' } },
  create(context) {
    const report = (node, what) => context.report({ node, messageId: 'impure', data: { what } })
    const asyncFunction = (node) => node.async && report(node, 'async functions')
    return {
      'Program:exit'(node) {
        const scope = context.sourceCode.getScope(node)
        for (const reference of scope.through) {
          if (globals.has(reference.identifier.name)) report(reference.identifier, reference.identifier.name)
        }
      },
      ImportDeclaration(node) {
        if (node.source.value.startsWith('node:')) report(node, node.source.value)
      },
      MemberExpression(node) {
        if (node.property.name === 'localeCompare') report(node, 'localeCompare')
        if (node.object.name === 'Math' && node.property.name === 'random') report(node, 'Math.random')
      },
      FunctionDeclaration: asyncFunction,
      FunctionExpression: asyncFunction,
      ArrowFunctionExpression: asyncFunction,
    }
  },
}
