import { expect, test } from 'vitest'
import { markedParts } from './marks'

const shown = (text: string, source: string, offset: number, marks: number[][]) =>
  markedParts(text, source, offset, marks)
    .map(({ part, isMarked }) => (isMarked ? `[${part}]` : part))
    .join('')

test.each([
  ['a red balloon', 'a red balloon', 0, [[2, 5]], 'a [red] balloon'],
  [
    'red red',
    'red red',
    0,
    [
      [0, 3],
      [4, 7],
    ],
    '[red] [red]',
  ],
  // In the source there are signs that are not in the text.
  ['2 * 3 is six', '2 \\* 3 is six', 0, [[10, 13]], '2 * 3 is [six]'],
  ['one\ntwo', '> one\n> two', 2, [[8, 11]], 'one\n[two]'],
  [
    'bold',
    'so **bold** it is',
    5,
    [
      [5, 9],
      [12, 14],
    ],
    '[bold]',
  ],
  ['code', '`code`', 0, [[1, 5]], '[code]'],
  ['nothing', 'nothing', 0, [], 'nothing'],
])('%j of %j', (text, source, offset, marks, expected) => {
  expect(shown(text, source, offset, marks)).toBe(expected)
})
