/** How much room files take in a message, known before they are fetched. Pure. */

export interface Size {
  width: number
  height: number
}

/** Nothing in a message is wider or higher, in pixels. */
export const largest: Size = { width: 550, height: 350 }
/** What is smaller could hardly be pressed. */
const least = 44

/** The size in which a picture or a video stands alone: never enlarged, never larger than the room there is. */
export function fitted({ width, height }: Size, room: Size = largest): Size {
  const scale = Math.min(1, room.width / width, room.height / height)
  return {
    width: Math.max(least, Math.round(width * scale)),
    height: Math.max(least, Math.round(height * scale)),
  }
}

/** A place in a grid of six columns. */
export interface Tile {
  columns: number
  rows: number
  /** Width to height. */
  ratio: number
}

const square = (columns: number): Tile => ({ columns, rows: 1, ratio: 1 })
const wide: Tile = { columns: 6, rows: 1, ratio: 2 }

/** How many pictures stand in each row, by how many there are. */
const rowsOf: Record<number, readonly number[]> = {
  2: [2],
  4: [2, 2],
  5: [2, 3],
  6: [3, 3],
  7: [1, 3, 3],
  8: [2, 3, 3],
  9: [3, 3, 3],
  10: [1, 3, 3, 3],
}

/** The places of two to ten pictures; more than ten go on in threes. */
export function tilesOf(count: number): Tile[] {
  // One large, with two above each other at its side.
  if (count === 3) return [{ columns: 4, rows: 2, ratio: 1 }, square(2), square(2)]
  const rows = rowsOf[count] ?? Array.from({ length: Math.ceil(count / 3) }, () => 3)
  const tiles = rows.flatMap((inRow) =>
    Array.from({ length: inRow }, () => (inRow === 1 ? wide : square(6 / inRow))),
  )
  return tiles.slice(0, count)
}
