import { expect, test } from 'vitest'
import { hasFile, nextAsking } from './data-export'

test('who has asked too often may ask again after as many seconds as the server says', () => {
  const now = Date.parse('2026-11-26T09:30:00.000Z')
  expect(nextAsking(90_000, now)).toBe('2026-11-27T10:30:00.000Z')
  expect(nextAsking(null, now)).toBe('2026-11-26T09:30:00.000Z')
})

test('there is something to download while a copy is ready, or the one from before', () => {
  const copy = { requested_at: '2026-11-26T09:30:00.000Z' }
  const before = { ready_at: '2026-11-25T09:30:00.000Z', expires_at: '2026-11-26T09:30:00.000Z', size: 7 }
  expect(hasFile({ ...copy, status: 'ready' })).toBe(true)
  for (const status of ['preparing', 'failed'] as const) {
    expect(hasFile({ ...copy, status, before: null })).toBe(false)
    expect(hasFile({ ...copy, status, before })).toBe(true)
  }
  expect(hasFile(null)).toBe(false)
  expect(hasFile(undefined)).toBe(false)
})
