import { describe, expect, it } from 'vitest'
import { passwordStrength } from './password-strength'

describe('the strength of a password', () => {
  it('is nothing for nothing', () => expect(passwordStrength('')).toBe(0))

  it.each(['abc', 'aaaaaaaaaaaa', 'password12', '1234567890'])('is weak for %s', (password) => {
    expect(passwordStrength(password)).toBe(1)
  })

  it('grows with length', () => {
    const steps = ['sunflowe', 'sunflower gat', 'sunflower gate 42 river'].map(passwordStrength)
    expect(steps).toEqual([...steps].sort())
    expect(steps.at(-1)).toBe(4)
  })

  it('counts characters, not code units', () => expect(passwordStrength('😀😃😄😁')).toBe(1))
})
