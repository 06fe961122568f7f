/** The two table layouts of Consul's output. */

/** Columns two spaces apart, the last one not padded (as `members` and `catalog nodes` print). */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  const cells = rows.map((row) => row.map((cell) => cell.trim()))
  for (const row of cells) {
    row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, widthOf(cell))))
  }
  return cells
    .map((row) =>
      row.map((cell, column) => (column === row.length - 1 ? cell : pad(cell, widths[column] as number))).join('  '),
    )
    .join('\n')
}

/** Blank columns between cells that tabs end. */
const PADDING = 6

/**
 * Lines whose cells end in tabs, aligned block by block: a column is as wide as its widest cell in neighbouring lines that
 * have it (elastic tabstops, as `kv get -detailed` prints).
 */
export function tabbed(text: string): string {
  const lines = text.split('\n').map((line) => line.split('\t'))
  // As in Go, an empty cell at the very end is none, so the cell before it ends no column.
  const last = lines[lines.length - 1] as string[]
  if (last.length > 1 && last[last.length - 1] === '') last.pop()
  const printed: string[] = []
  const widths: number[] = []

  const print = (from: number, to: number) => {
    for (const cells of lines.slice(from, to)) {
      printed.push(
        cells.map((cell, column) => (column < widths.length ? pad(cell, widths[column] as number) : cell)).join(''),
      )
    }
  }
  const format = (from: number, to: number) => {
    const column = widths.length
    const hasCell = (line: number) => column < (lines[line] as string[]).length - 1
    let start = from
    for (let line = from; line < to; line++) {
      if (!hasCell(line)) continue
      print(start, line)
      start = line
      let width = 0
      for (; line < to && hasCell(line); line++) {
        width = Math.max(width, widthOf((lines[line] as string[])[column] as string) + PADDING)
      }
      widths.push(width)
      format(start, line)
      widths.pop()
      start = line
    }
    print(start, to)
  }
  format(0, lines.length)
  return printed.join('\n')
}

/** Go counts code points. */
const widthOf = (text: string): number => [...text].length
const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)))
