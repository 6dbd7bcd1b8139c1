import { useLingui } from '@lingui/react'
import { useEffect, useState } from 'react'
import { languages } from '@/i18n/locale'
import { drawableHere } from './drawable'
import { type Emoji, loadEmoji } from './emoji-data'

const drawn = new WeakMap<Emoji[], Emoji[]>()

/** Looked at once. */
function drawable(book: Emoji[]): Emoji[] {
  const known = drawn.get(book)
  if (known) return known
  const isDrawable = drawableHere()
  const kept = book.filter((emoji) => isDrawable(emoji.text))
  drawn.set(book, kept)
  return kept
}

/** All emoji that can be drawn here, with their names in the reader's language; null until they are there, and while `wanted` is false. */
export function useEmoji(wanted = true): { book: Emoji[] | null; failed: boolean; retry: () => void } {
  const { i18n } = useLingui()
  const language = languages.find((known) => known === i18n.locale) ?? 'en'
  const [found, setFound] = useState<{ language: string; book: Emoji[] } | null>(null)
  const [failed, setFailed] = useState(false)
  const [round, setRound] = useState(0)

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round is a new attempt
  useEffect(() => {
    if (!wanted) return
    let current = true
    setFailed(false)
    loadEmoji(language).then(
      (book) => current && setFound({ language, book: drawable(book) }),
      () => current && setFailed(true),
    )
    return () => {
      current = false
    }
  }, [wanted, language, round])

  const book = found?.language === language ? found.book : null
  return { book, failed, retry: () => setRound(round + 1) }
}
