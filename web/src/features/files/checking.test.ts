import { expect, test } from 'vitest'
import { checked } from './checking'

const file = (name: string, size = 10) => ({ name, size })
const limits = { bytes: 100, count: 3 }

test('what is within the limits is taken', () => {
  expect(checked([file('a'), file('b', 100)], limits, 0)).toEqual({
    taken: [file('a'), file('b', 100)],
    refusals: [],
  })
})

test('what is too large, or empty, is left out by name, and the rest is taken', () => {
  const { taken, refusals } = checked([file('big', 101), file('a'), file('nothing', 0)], limits, 0)
  expect(taken).toEqual([file('a')])
  expect(refusals).toEqual([
    { reason: 'too_large', name: 'big', most: 100 },
    { reason: 'empty', name: 'nothing' },
  ])
})

test('there are never more than a message may have, with those that are there already', () => {
  const { taken, refusals } = checked([file('a'), file('b'), file('c')], limits, 2)
  expect(taken).toEqual([file('a')])
  expect(refusals).toEqual([{ reason: 'too_many', left: 2, most: 3 }])
})

test('what is refused anyway takes no place', () => {
  expect(checked([file('big', 101), file('a')], limits, 2).taken).toEqual([file('a')])
})

test('as long as the limits are not known, the server decides', () => {
  const many = Array.from({ length: 30 }, (_, index) => file(String(index), 1_000_000))
  expect(checked(many, { bytes: null, count: null }, 0)).toEqual({ taken: many, refusals: [] })
})
