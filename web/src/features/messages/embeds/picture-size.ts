/** How large a picture of a preview is drawn: known before it is loaded, so that nothing moves when it comes. Pure. */

/** Larger pictures are drawn smaller, in CSS pixels. */
export const largest = { width: 400, height: 300 }
/** A picture that is no larger stands beside the text, not below it. */
const small = 160

/** The size within the largest one, in its own proportions; never larger than it is. */
export function sizeWithin(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(1, largest.width / width, largest.height / height)
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

/** Whether a picture is a mere sign of the page: nearly square, or small. */
export function isSign(width: number, height: number): boolean {
  const proportion = width / height
  return Math.max(width, height) <= small || (proportion > 0.8 && proportion < 1.25 && width <= 400)
}
