/** A name that somebody has begun to type: `@ada`, `#general`, `:smile`. */
export interface Trigger {
  kind: 'member' | 'channel' | 'emoji'
  /** Where the mark stands, and where what was typed ends, in UTF-16 units. */
  start: number
  end: number
  /** What was typed behind the mark. */
  query: string
}

/** Names are not longer; beyond that it is a text. */
const longestQuery = 32
const mostSpaces = 3
/** A mark that does not belong to the word before it, and what was typed since. */
const begun = /(?:^|[^\p{L}\p{N}_@#:</])([@#:])([^@#:`]*)$/u
const emojiName = /^[\p{L}\p{N}_+-]{2,}$/u
const kinds: Record<string, Trigger['kind']> = { '@': 'member', '#': 'channel', ':': 'emoji' }

/** The name that is being typed at the caret, or null. Pure. */
export function triggerAt(text: string, caret: number): Trigger | null {
  const line = text.slice(text.lastIndexOf('\n', caret - 1) + 1, caret)
  const found = begun.exec(line)
  const kind = kinds[found?.[1] ?? '']
  if (!found || !kind) return null
  const query = found[2] ?? ''
  const start = caret - query.length - 1
  if (!isName(kind, query) || isInCode(text.slice(0, start))) return null
  return { kind, start, end: caret, query }
}

function isName(kind: Trigger['kind'], query: string): boolean {
  if (kind === 'emoji') return emojiName.test(query)
  if (query.length > longestQuery || query.startsWith(' ')) return false
  return (query.match(/\s/g)?.length ?? 0) <= mostSpaces
}

/** In code nothing is a name. */
function isInCode(before: string): boolean {
  return (before.match(/`/g)?.length ?? 0) % 2 === 1
}
