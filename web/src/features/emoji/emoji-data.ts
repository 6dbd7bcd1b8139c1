/** The emoji, their names in the reader's language, and how they are found. Fetched when they are needed first. */
import type { CompactEmoji, ShortcodesDataset } from 'emojibase'
import { folded } from '@/i18n/folded'
import type { Language } from '@/i18n/locale'

export interface Emoji {
  /** The emoji itself, in the colour of the fonts. */
  text: string
  label: string
  group: Group
  /** The same in the five skin tones, from light to dark; empty for those that have none. */
  tones: string[]
  /** What it is called, and what one thinks of it; folded. */
  names: string[]
  words: string[]
}

export const groups = [
  'smileys',
  'people',
  'animals',
  'food',
  'travel',
  'activities',
  'objects',
  'symbols',
  'flags',
] as const
export type Group = (typeof groups)[number]

/** The numbers of emojibase; 2 holds parts of emoji. */
const groupOf: Record<number, Group> = {
  0: 'smileys',
  1: 'people',
  3: 'animals',
  4: 'food',
  5: 'travel',
  6: 'activities',
  7: 'objects',
  8: 'symbols',
  9: 'flags',
}

const books = new Map<Language, Promise<Emoji[]>>()

/** All emoji in the usual order. */
export function loadEmoji(language: Language): Promise<Emoji[]> {
  const known = books.get(language)
  if (known) return known
  const book = Promise.all([
    language === 'fr' ? import('emojibase-data/fr/compact.json') : import('emojibase-data/en/compact.json'),
    import('emojibase-data/en/shortcodes/github.json'),
  ]).then(([data, codes]) => bookOf(data.default, codes.default))
  // A line that was down for a moment must not cost the emoji for good.
  book.catch(() => books.delete(language))
  books.set(language, book)
  return book
}

/** Emoji from the data, ready to be found. Pure. */
export function bookOf(data: CompactEmoji[], codes: ShortcodesDataset): Emoji[] {
  return data
    .flatMap((entry) => {
      const group = groupOf[entry.group ?? -1]
      if (!group) return []
      const shortcodes = [codes[entry.hexcode] ?? []].flat().map((code) => code.replaceAll('_', ' '))
      const names = [entry.label, ...shortcodes].map(folded)
      const words = (entry.tags ?? []).map(folded)
      // Those of two people have many more; the five that come first are of one tone.
      const tones = (entry.skins ?? []).filter(isOneTone).map(({ unicode }) => qualified(unicode))
      return [
        {
          order: entry.order ?? 0,
          emoji: { text: qualified(entry.unicode), label: entry.label, group, tones, names, words },
        },
      ]
    })
    .sort((left, right) => left.order - right.order)
    .map(({ emoji }) => emoji)
}

/** As everybody writes it: asked to be in colour only where it would not be. Reactions are the same by these characters. */
function qualified(emoji: string): string {
  return emoji.replace(/(\p{Emoji_Presentation})\uFE0F/gu, '$1')
}

function isOneTone({ hexcode }: { hexcode: string }): boolean {
  return new Set(hexcode.match(/1F3F[B-F]/g)).size === 1
}

/** Whether the emoji is called so. Pure. */
export function isCalled(emoji: Emoji, name: string): boolean {
  return emoji.names.includes(wordsOf(name))
}

function wordsOf(typed: string): string {
  return folded(typed).replaceAll('_', ' ').trim()
}

/** Emoji for what somebody types, the best first. Pure. */
export function findEmoji(book: readonly Emoji[], sought: string, most = Number.POSITIVE_INFINITY): Emoji[] {
  const words = wordsOf(sought)
  if (words === '') return []
  const ranked: Emoji[][] = [[], [], [], []]
  for (const emoji of book) {
    const rank = rankOf(emoji, words)
    if (rank !== null) ranked[rank]?.push(emoji)
  }
  return ranked.flat().slice(0, most)
}

/** 0: it is called so; 1: its name begins so; 2: one thinks so of it; 3: a word of either begins so. */
function rankOf({ names, words }: Emoji, sought: string): number | null {
  if (names.includes(sought)) return 0
  if (names.some((name) => name.startsWith(sought))) return 1
  if (words.includes(sought)) return 2
  const begins = (text: string) =>
    text.startsWith(sought) || text.includes(` ${sought}`) || text.includes(`-${sought}`)
  return names.some(begins) || words.some(begins) ? 3 : null
}

/** An emoji in a skin tone, from 1 (light) to 5 (dark); 0 is the yellow of cartoons. */
export function inTone(emoji: Emoji, tone: number): string {
  return tone === 0 ? emoji.text : (emoji.tones[tone - 1] ?? emoji.text)
}
