const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** The first letters of the first and the last word, as one sees letters. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean)
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : words
  return chosen.map((word) => firstLetter(word ?? '')).join('')
}

/** A hue (degrees) that always is the same for the same id. */
export function hueOf(id: string): number {
  let sum = 7
  for (const character of id) sum = (sum * 31 + character.charCodeAt(0)) % 3_600
  return (sum * 47) % 360
}

/** A letter that nothing is put on top of: most are, and looking for the others takes long. */
const plain = /^[a-z0-9](?:[a-z0-9]|$)/i

function firstLetter(word: string): string {
  if (plain.test(word)) return word.charAt(0).toUpperCase()
  for (const { segment } of segmenter.segment(word)) return segment.toUpperCase()
  return ''
}
