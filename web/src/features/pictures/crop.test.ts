import { describe, expect, it } from 'vitest'
import { avatarShape, bannerShape, centred, croppedPart, moved, zoomed } from './crop'

const landscape = { width: 400, height: 200 }

describe('a crop', () => {
  it('covers as much as fits, in the middle', () => {
    expect(croppedPart(landscape, centred, avatarShape)).toEqual({
      left: 100,
      top: 0,
      width: 200,
      height: 200,
    })
  })

  it('of a banner is three times as wide as high', () => {
    const wide = croppedPart(landscape, centred, bannerShape)
    expect(wide.left).toBe(0)
    expect(wide.width).toBe(400)
    expect(wide.width / wide.height).toBeCloseTo(3)
    expect(wide.top).toBeCloseTo((200 - wide.height) / 2)
  })

  it('never leaves the picture', () => {
    const far = moved(landscape, centred, avatarShape, 9, 9)
    expect(croppedPart(landscape, far, avatarShape)).toEqual({ left: 200, top: 0, width: 200, height: 200 })
    const back = moved(landscape, zoomed(landscape, far, avatarShape, 4), avatarShape, -99, -99)
    expect(croppedPart(landscape, back, avatarShape)).toEqual({ left: 0, top: 0, width: 50, height: 50 })
  })

  it('keeps its middle when it zooms in', () => {
    const close = zoomed(landscape, centred, avatarShape, 2)
    expect(croppedPart(landscape, close, avatarShape)).toEqual({
      left: 150,
      top: 50,
      width: 100,
      height: 100,
    })
  })
})
