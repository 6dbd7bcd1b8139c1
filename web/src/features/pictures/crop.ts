/** What a picture is cut to, in pixels; what is narrower than wide is a banner. */
export interface Shape {
  width: number
  height: number
}

export const avatarShape: Shape = { width: 512, height: 512 }
export const bannerShape: Shape = { width: 960, height: 320 }

export interface Crop {
  /** How much larger than just covering the frame; from 1. */
  zoom: number
  /** Where the middle of the frame lies in the picture, 0 to 1 of its width and height. */
  x: number
  y: number
}

export interface Size {
  width: number
  height: number
}

/** A part of a picture, in its pixels. */
export interface Part extends Size {
  left: number
  top: number
}

export const centred: Crop = { zoom: 1, x: 0.5, y: 0.5 }

/** The part of the picture that a crop shows in a frame of a shape. */
export function croppedPart(picture: Size, crop: Crop, shape: Shape): Part {
  const scale = Math.min(picture.width / shape.width, picture.height / shape.height) / crop.zoom
  const width = shape.width * scale
  const height = shape.height * scale
  return {
    left: clamp(crop.x * picture.width - width / 2, 0, picture.width - width),
    top: clamp(crop.y * picture.height - height / 2, 0, picture.height - height),
    width,
    height,
  }
}

/** The crop moved by a part of the frame's sides, and kept inside the picture. */
export function moved(picture: Size, crop: Crop, shape: Shape, right: number, down: number): Crop {
  const { left, top, width, height } = croppedPart(picture, crop, shape)
  return within(picture, shape, {
    ...crop,
    x: (left + width / 2 + right * width) / picture.width,
    y: (top + height / 2 + down * height) / picture.height,
  })
}

/** The crop with another zoom, around the same middle as far as the picture reaches. */
export function zoomed(picture: Size, crop: Crop, shape: Shape, zoom: number): Crop {
  return within(picture, shape, { ...crop, zoom })
}

function within(picture: Size, shape: Shape, crop: Crop): Crop {
  const { left, top, width, height } = croppedPart(picture, crop, shape)
  return { ...crop, x: (left + width / 2) / picture.width, y: (top + height / 2) / picture.height }
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most)
}
