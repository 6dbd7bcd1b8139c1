/** Where a picture is looked at, and how near. Pure. */
import type { Size } from '../sizes'

/** Scale 1 shows it whole; `x` and `y` say how far its middle is from that of the stage, in pixels. */
export interface View {
  scale: number
  x: number
  y: number
}

export const whole: View = { scale: 1, x: 0, y: 0 }
const nearest = 8

/** Nearer or further, so that what is at a point (from the middle of the stage) stays there. */
export function zoomed(view: View, factor: number, picture: Size, stage: Size, at = { x: 0, y: 0 }): View {
  const scale = Math.min(nearest, Math.max(1, view.scale * factor))
  const grown = scale / view.scale
  const next = { scale, x: at.x - (at.x - view.x) * grown, y: at.y - (at.y - view.y) * grown }
  return within(next, picture, stage)
}

export function moved(view: View, by: { x: number; y: number }, picture: Size, stage: Size): View {
  return within({ ...view, x: view.x + by.x, y: view.y + by.y }, picture, stage)
}

/** Never further to the side than to its own edge; what has room stays in the middle. */
function within({ scale, x, y }: View, picture: Size, stage: Size): View {
  const hold = (value: number, length: number, room: number) => {
    const most = Math.max(0, (length * scale - room) / 2)
    return Math.min(most, Math.max(-most, value))
  }
  return {
    scale,
    x: hold(x, picture.width, stage.width),
    y: hold(y, picture.height, stage.height),
  }
}
