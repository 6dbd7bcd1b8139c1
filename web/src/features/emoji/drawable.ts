/** The part of Unicode to which emoji are added year by year: a device that is older has no pictures of them. */
const recent = /[\u{1FA70}-\u{1FAFF}\u{1F6D8}]/u
const side = 20

/** Tells which emoji this device can draw: in colour, which a sign for what is missing never is. */
export function drawableHere(): (emoji: string) => boolean {
  const canvas = document.createElement('canvas')
  canvas.width = side
  canvas.height = side
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) return () => true
  context.font = `${side - 4}px ${getComputedStyle(document.documentElement).fontFamily}`
  context.textBaseline = 'top'
  return (emoji) => {
    if (!recent.test(emoji)) return true
    context.clearRect(0, 0, side, side)
    context.fillText(emoji, 0, 0)
    const { data } = context.getImageData(0, 0, side, side)
    for (let at = 0; at < data.length; at += 4) {
      if (data[at] !== data[at + 1] || data[at + 1] !== data[at + 2]) return true
    }
    return false
  }
}
