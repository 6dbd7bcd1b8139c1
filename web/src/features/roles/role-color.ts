import type { CSSProperties } from 'react'

type Rgb = readonly [number, number, number]

/** What WCAG 2.2 asks of text (AA). */
const leastContrast = 4.5
/** The darkest light and the lightest dark surface that a name stands on, with a hand over it. */
const lightSurface: Rgb = [229, 230, 235]
const darkSurface: Rgb = [50, 52, 68]
const black: Rgb = [0, 0, 0]
const white: Rgb = [255, 255, 255]
const steps = 20

/**
 * The style of a name in the colour of its role, made darker or lighter until it can be read in the theme; null keeps
 * the colour of text. Goes with `color: var(--name-color, …)`.
 */
export function nameStyle(color: string | null | undefined): CSSProperties | undefined {
  if (!color) return undefined
  return {
    '--name-color': `light-dark(${readable(color, 'light')}, ${readable(color, 'dark')})`,
  } as CSSProperties
}

/** The colour nearest to `color` (`#rrggbb`) that can be read on the surfaces of a theme. Pure. */
export function readable(color: string, theme: 'light' | 'dark'): string {
  const wanted = rgbOf(color)
  const [surface, end] = theme === 'light' ? [lightSurface, black] : [darkSurface, white]
  for (let step = 0; step < steps; step += 1) {
    const mixed = mix(wanted, end, step / steps)
    if (contrast(mixed, surface) >= leastContrast) return hexOf(mixed)
  }
  return hexOf(end)
}

/** The ratio of contrast between two colours, from 1 to 21. */
export function contrast(left: Rgb, right: Rgb): number {
  const [dark = 0, light = 0] = [luminance(left), luminance(right)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

export function rgbOf(color: string): Rgb {
  const number = Number.parseInt(color.slice(1), 16)
  return [(number >> 16) & 255, (number >> 8) & 255, number & 255]
}

function hexOf(rgb: Rgb): string {
  return `#${rgb.map((part) => part.toString(16).padStart(2, '0')).join('')}`
}

function mix(from: Rgb, to: Rgb, part: number): Rgb {
  const between = (index: 0 | 1 | 2) => Math.round(from[index] + (to[index] - from[index]) * part)
  return [between(0), between(1), between(2)]
}

function luminance(rgb: Rgb): number {
  const [red, green, blue] = rgb.map((part) => {
    const share = part / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
