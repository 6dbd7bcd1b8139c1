import { describe, expect, it } from 'vitest'
import { chanceOf } from '@/testing/chance'
import { contrast, readable, rgbOf } from './role-color'

/** Every surface that names stand on, plain, under the pointer and as a mention. */
const surfaces = {
  light: ['#fbfbfd', '#f2f3f8', '#ffffff', '#e5e6eb', '#fff3cc'],
  dark: ['#191a26', '#14151f', '#222433', '#2e303f', '#3a3214'],
} as const

describe('the colour of a role', () => {
  it.each(['light', 'dark'] as const)('can be read on every %s surface, whatever was chosen', (theme) => {
    const chance = chanceOf(4)
    for (let round = 0; round < 2_000; round += 1) {
      const color = `#${chance.below(0x1000000).toString(16).padStart(6, '0')}`
      for (const surface of surfaces[theme]) {
        expect(contrast(rgbOf(readable(color, theme)), rgbOf(surface)), color).toBeGreaterThanOrEqual(4.5)
      }
    }
  })

  it('stays as it was chosen where it can be read', () => {
    expect(readable('#7a1030', 'light')).toBe('#7a1030')
    expect(readable('#ffd23f', 'dark')).toBe('#ffd23f')
  })
})
