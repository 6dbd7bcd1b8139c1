/** Which texts may be parsed at all, so that no message costs more than it is worth. Pure. */

/** Deeper nesting is shown as it was typed. */
export const deepest = 32
/** More than this is not drawn as markdown; messages have at most half of it. */
const longest = 8_000
/** Runs of marks longer than this mean nothing to a reader and cost the parser time beyond measure. */
const longestRun = 64
/** Marks that open something, in one message; far above what people write. */
const mostMarks = 600
const mostLines = 400

const lineEnd = /\r\n?|\n/g
const longRun = new RegExp(`([*_~[\\]()<>\`|])\\1{${longestRun}}`)
const deepLine = new RegExp(`^[ \\t]*(?:(?:>|(?:[*+-]|\\d{1,9}[.)])[ \\t])[ \\t]*){${deepest + 1}}`, 'm')

/** Whether parsing takes time in proportion to the length, and no tree gets deep. */
export function isTame(content: string): boolean {
  if (content.length > longest) return false
  const text = withoutFences(content)
  const marks = text.match(/[*_~[\]()<>`|]/g)?.length ?? 0
  const lines = text.match(lineEnd)?.length ?? 0
  return marks <= mostMarks && lines <= mostLines && !longRun.test(text) && !deepLine.test(text)
}

/**
 * The text without what stands between fences, which costs nothing to parse. As soon as a fence stands anywhere but at
 * the start of a line it might mean something else, and the whole text counts.
 */
function withoutFences(content: string): string {
  const kept: string[] = []
  let fence: string | null = null
  for (const line of content.split(lineEnd)) {
    if (fence !== null) {
      const closing = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(line)?.[1]
      if (closing?.startsWith(fence)) fence = null
      continue
    }
    const opening = /^(`{3,})[^`]*$|^(~{3,})/.exec(line)
    fence = opening?.[1] ?? opening?.[2] ?? null
    if (fence === null && /`{3}|~{3}/.test(line)) return content
    kept.push(line.replace(/^[`~]+/, ''))
  }
  return kept.join('\n')
}
