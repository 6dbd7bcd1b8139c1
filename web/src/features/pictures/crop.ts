/** Pixels across of the square that is cut out. */
export const cropSide = 512

export interface Crop {
  /** How much larger than just covering the square; from 1. */
  zoom: number
  /** Where the middle of the square lies in the picture, 0 to 1 of its width and height. */
  x: number
  y: number
}

export interface Size {
  width: number
  height: number
}

export const centred: Crop = { zoom: 1, x: 0.5, y: 0.5 }

/** The square of the picture, in its pixels, that a crop shows. */
export function cropSquare(picture: Size, crop: Crop): { left: number; top: number; side: number } {
  const side = Math.min(picture.width, picture.height) / crop.zoom
  return {
    left: clamp(crop.x * picture.width - side / 2, 0, picture.width - side),
    top: clamp(crop.y * picture.height - side / 2, 0, picture.height - side),
    side,
  }
}

/** The crop moved by a part of the square's side, and kept inside the picture. */
export function moved(picture: Size, crop: Crop, right: number, down: number): Crop {
  const { left, top, side } = cropSquare(picture, crop)
  return within(picture, {
    ...crop,
    x: (left + side / 2 + right * side) / picture.width,
    y: (top + side / 2 + down * side) / picture.height,
  })
}

/** The crop with another zoom, around the same middle as far as the picture reaches. */
export function zoomed(picture: Size, crop: Crop, zoom: number): Crop {
  return within(picture, { ...crop, zoom })
}

function within(picture: Size, crop: Crop): Crop {
  const { left, top, side } = cropSquare(picture, crop)
  return { ...crop, x: (left + side / 2) / picture.width, y: (top + side / 2) / picture.height }
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most)
}
