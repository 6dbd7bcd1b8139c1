import { describe, expect, it } from 'vitest'
import { centred, cropSquare, moved, zoomed } from './crop'

const landscape = { width: 400, height: 200 }

describe('a crop', () => {
  it('covers as much as fits, in the middle', () => {
    expect(cropSquare(landscape, centred)).toEqual({ left: 100, top: 0, side: 200 })
  })

  it('never leaves the picture', () => {
    const far = moved(landscape, centred, 9, 9)
    expect(cropSquare(landscape, far)).toEqual({ left: 200, top: 0, side: 200 })
    const back = moved(landscape, zoomed(landscape, far, 4), -99, -99)
    expect(cropSquare(landscape, back)).toEqual({ left: 0, top: 0, side: 50 })
  })

  it('keeps its middle when it zooms in', () => {
    const close = zoomed(landscape, centred, 2)
    expect(cropSquare(landscape, close)).toEqual({ left: 150, top: 50, side: 100 })
  })
})
