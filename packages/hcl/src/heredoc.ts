/** What a heredoc token (`<<NAME`, lines, closing line) means. */
export function heredocContent(token: string): string {
  const firstBreak = token.indexOf('\n')
  const isIndented = token[2] === '-'
  const nameLength = firstBreak - (isIndented ? 3 : 2)
  // The closing line is its name and a line break, perhaps indented; the indent stays in `body`.
  const body = token.slice(firstBreak + 1, Math.max(firstBreak + 1, token.length - nameLength - 1))
  if (!isIndented) return body
  const lines = body.split('\n')
  const indent = lines.at(-1) as string
  if (!lines.every((line) => line.startsWith(indent))) return body.replace(/[ \t]+$/, '')
  return [...lines.slice(0, -1).map((line) => line.slice(indent.length)), ''].join('\n')
}
