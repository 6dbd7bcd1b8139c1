import { useEffect, useState } from 'react'
import { wordsOf } from './query'
import { useSearch } from './search-state'

/** How long nothing is typed before the server is asked. */
const pauseMs = 200

/**
 * The words that are looked for: those in the field, once nothing has been typed for a moment. As long as letters are
 * being put together (Chinese, accents) they are none yet.
 */
export function useLookedFor(isComposing: boolean): { words: string; hurry: () => void } {
  const typed = useSearch(({ text }) => wordsOf(text))
  const [words, setWords] = useState(typed)

  // Nothing is looked for at once.
  if (typed === '' && words !== '') setWords('')

  useEffect(() => {
    if (isComposing) return
    const handle = setTimeout(() => setWords(typed), pauseMs)
    return () => clearTimeout(handle)
  }, [typed, isComposing])

  return { words, hurry: () => setWords(wordsOf(useSearch.getState().text)) }
}
