/** The examples of a README that promise to run: fences marked `ts run`. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

const FENCE = /^```ts run\n([\s\S]*?)^```$/gm

/** Each example as an ES module in JavaScript. */
export function readmeExamples(packageDir: string): string[] {
  const text = readFileSync(join(packageDir, 'README.md'), 'utf8')
  return [...text.matchAll(FENCE)].map(
    ([, code]) =>
      ts.transpileModule(code as string, {
        compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
      }).outputText,
  )
}
