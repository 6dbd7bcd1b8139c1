import { describe, expect, it } from 'vitest'
import { parseRoute, pathOf } from './router'

describe('addresses of what goes by mail', () => {
  it.each(['forgot-password', 'reset-password', 'confirm-email'] as const)('/%s', (name) => {
    expect(parseRoute(`/${name}`)).toEqual({ name })
    expect(pathOf({ name })).toBe(`/${name}`)
    expect(parseRoute(`/${name}/more`)).toEqual({ name: 'missing' })
  })
})
