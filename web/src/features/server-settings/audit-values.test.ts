import { expect, it } from 'vitest'
import { listChanges } from './audit-values'

it('a list says what came and what went', () => {
  expect(listChanges(['a', 'b'], ['b', 'c'])).toEqual({ came: ['c'], went: ['a'] })
  expect(listChanges(null, ['a'])).toEqual({ came: ['a'], went: [] })
  expect(listChanges(['a'], null)).toEqual({ came: [], went: ['a'] })
})

it('what is no list has no coming and going', () => {
  expect(listChanges('a', 'b')).toBeNull()
  expect(listChanges(null, null)).toBeNull()
  expect(listChanges(null, true)).toBeNull()
})
