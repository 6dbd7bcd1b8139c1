import { expect, test } from 'vitest'
import { nextAsking } from './data-export'

test('who has asked too often may ask again after as many seconds as the server says', () => {
  const now = Date.parse('2026-11-26T09:30:00.000Z')
  expect(nextAsking(90_000, now)).toBe('2026-11-27T10:30:00.000Z')
  expect(nextAsking(null, now)).toBe('2026-11-26T09:30:00.000Z')
})
