import { describe, expect, test } from 'vitest'
import { bytesIn } from './bytes'
import { fitted, largest, tilesOf } from './sizes'

describe('a picture alone', () => {
  test.each([
    [
      { width: 4000, height: 3000 },
      { width: 467, height: 350 },
    ],
    [
      { width: 4000, height: 1000 },
      { width: 550, height: 138 },
    ],
    [
      { width: 500, height: 1400 },
      { width: 125, height: 350 },
    ],
    [
      { width: 300, height: 200 },
      { width: 300, height: 200 },
    ],
  ])('%o is shown as %o', (size, shown) => {
    expect(fitted(size)).toEqual(shown)
  })

  test('what is thin or tiny is large enough to be pressed, and never too large', () => {
    for (const size of [
      { width: 16, height: 16 },
      { width: 20_000, height: 10 },
      { width: 1, height: 9_000 },
    ]) {
      const { width, height } = fitted(size)
      expect(Math.min(width, height)).toBeGreaterThanOrEqual(44)
      expect(width).toBeLessThanOrEqual(largest.width)
      expect(height).toBeLessThanOrEqual(largest.height)
    }
  })
})

describe('the grid of pictures', () => {
  test.each([2, 3, 4, 5, 6, 7, 8, 9, 10])('%i pictures fill a rectangle without holes', (count) => {
    const tiles = tilesOf(count)
    expect(tiles).toHaveLength(count)
    const area = tiles.reduce((sum, { columns, rows }) => sum + columns * rows, 0)
    expect(area % 6).toBe(0)
  })

  test('the more there are, the smaller they get, the last ones first', () => {
    expect(tilesOf(3).map(({ columns, rows }) => [columns, rows])).toEqual([
      [4, 2],
      [2, 1],
      [2, 1],
    ])
    expect(tilesOf(5).map(({ columns }) => columns)).toEqual([3, 3, 2, 2, 2])
    expect(tilesOf(10).map(({ columns }) => columns)).toEqual([6, ...Array.from({ length: 9 }, () => 2)])
  })

  test('more than a message has today go on in threes', () => {
    expect(tilesOf(11)).toHaveLength(11)
    expect(new Set(tilesOf(11).map(({ columns }) => columns))).toEqual(new Set([2]))
  })
})

test.each([
  ['en', 0, '0 bytes'],
  ['en', 1, '1 byte'],
  ['en', 1023, '1,023 bytes'],
  ['en', 1536, '1.5 kB'],
  ['en', 100 * 1024 * 1024, '100 MB'],
  ['en', 1024 * 1024 - 1, '1 MB'],
  ['fr', 1.2 * 1024 * 1024, '1,2 Mo'],
])('in %s, %d bytes are written %s', (locale, bytes, written) => {
  expect(bytesIn(locale, bytes).replace(/[\u00a0\u202f]/g, ' ')).toBe(written)
})
