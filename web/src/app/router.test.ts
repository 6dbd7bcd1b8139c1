import { describe, expect, it } from 'vitest'
import { parseRoute, pathOf } from './router'

describe('addresses of what goes by mail', () => {
  it.each(['forgot-password', 'reset-password', 'confirm-email'] as const)('/%s', (name) => {
    expect(parseRoute(`/${name}`)).toEqual({ name })
    expect(pathOf({ name })).toBe(`/${name}`)
    expect(parseRoute(`/${name}/more`)).toEqual({ name: 'missing' })
  })
})

describe('the address at which an account is completed', () => {
  it('is one, and nothing beside it', () => {
    expect(parseRoute('/auth/complete')).toEqual({ name: 'auth/complete' })
    expect(pathOf({ name: 'auth/complete' })).toBe('/auth/complete')
    for (const other of ['/auth', '/auth/complete/more', '/auth/callback', '/complete']) {
      expect(parseRoute(other)).toEqual({ name: 'missing' })
    }
  })
})
