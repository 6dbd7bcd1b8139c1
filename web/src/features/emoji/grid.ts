/** The picker as rows of a grid. Pure. */
import { type Emoji, type Group, groups, inTone } from './emoji-data'

/** An emoji at a place of the grid. */
export interface Cell {
  /** The same emoji may stand among the recent ones, too. */
  key: string
  text: string
  label: string
}

export type GridRow =
  | { kind: 'heading'; key: string; group: Group | 'recent' | 'found' }
  | { kind: 'cells'; key: string; cells: Cell[] }

/** All emoji by their group, the recent ones before. */
export function allRows(
  book: readonly Emoji[],
  recent: readonly string[],
  tone: number,
  columns: number,
): GridRow[] {
  const labels = new Map(
    book.flatMap((emoji) => [emoji.text, ...emoji.tones].map((text) => [text, emoji.label])),
  )
  const latest = recent.map((text) => ({ text, label: labels.get(text) ?? text }))
  const byGroup = groups.flatMap((group) => {
    const members = book.filter((emoji) => emoji.group === group)
    return rowsOf(
      group,
      members.map((emoji) => cellOf(emoji, tone)),
      columns,
    )
  })
  return [...rowsOf('recent', latest, columns), ...byGroup]
}

/** What was found. */
export function foundRows(found: readonly Emoji[], tone: number, columns: number): GridRow[] {
  return rowsOf(
    'found',
    found.map((emoji) => cellOf(emoji, tone)),
    columns,
  )
}

function cellOf(emoji: Emoji, tone: number): Omit<Cell, 'key'> {
  return { text: inTone(emoji, tone), label: emoji.label }
}

function rowsOf(group: Group | 'recent' | 'found', members: Omit<Cell, 'key'>[], columns: number): GridRow[] {
  if (members.length === 0) return []
  const rows: GridRow[] = [{ kind: 'heading', key: group, group }]
  for (let start = 0; start < members.length; start += columns) {
    const cells = members
      .slice(start, start + columns)
      .map((cell, index) => ({ ...cell, key: `${group}-${start + index}` }))
    rows.push({ kind: 'cells', key: `${group}-row-${start}`, cells })
  }
  return rows
}

/** Where the arrow keys lead from a cell; from nowhere to the first one. */
export function moved(rows: readonly GridRow[], from: string | null, key: string): string | null {
  const lines = rows.flatMap((row) => (row.kind === 'cells' ? [row.cells] : []))
  const line = lines.findIndex((cells) => cells.some((cell) => cell.key === from))
  if (line < 0) return lines[0]?.[0]?.key ?? null
  const cells = lines[line] ?? []
  const column = cells.findIndex((cell) => cell.key === from)
  if (key === 'ArrowUp' || key === 'ArrowDown') {
    const next = lines[line + (key === 'ArrowUp' ? -1 : 1)]
    return next?.[Math.min(column, next.length - 1)]?.key ?? from
  }
  const all = lines.flat()
  const index = all.findIndex((cell) => cell.key === from) + (key === 'ArrowLeft' ? -1 : 1)
  return all[index]?.key ?? from
}

/** The cell with this key. */
export function cellAt(rows: readonly GridRow[], key: string | null): Cell | undefined {
  for (const row of rows) {
    const cell = row.kind === 'cells' ? row.cells.find((candidate) => candidate.key === key) : undefined
    if (cell) return cell
  }
  return undefined
}

/** The row in which a cell stands. */
export function rowOf(rows: readonly GridRow[], key: string | null): number {
  return rows.findIndex((row) => row.kind === 'cells' && row.cells.some((cell) => cell.key === key))
}
