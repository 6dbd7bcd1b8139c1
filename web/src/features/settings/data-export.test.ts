import { expect, test } from 'vitest'
import { addressOf, nextAsking } from './data-export'

test('a copy is downloaded from where the server says, and else from its usual address', () => {
  const copy = { status: 'ready', requested_at: '2026-11-26T09:30:00.000Z' } as const
  expect(addressOf({ ...copy, url: '/api/v1/files/signed' })).toBe('/api/v1/files/signed')
  expect(addressOf({ ...copy, url: null })).toBe('/api/v1/users/@me/export/file')
  expect(addressOf(copy)).toBe('/api/v1/users/@me/export/file')
})

test('who has asked too often may ask again after as many seconds as the server says', () => {
  const now = Date.parse('2026-11-26T09:30:00.000Z')
  expect(nextAsking(90_000, now)).toBe('2026-11-27T10:30:00.000Z')
  expect(nextAsking(null, now)).toBe('2026-11-26T09:30:00.000Z')
})
