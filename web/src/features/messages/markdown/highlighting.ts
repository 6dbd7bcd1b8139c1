import { useEffect, useState } from 'react'

/** A stretch of code: plain, or of a kind that has a colour. */
export type Piece = string | { scope: string; pieces: Piece[] }

const remembered = 60
const done = new Map<string, Piece[] | null>()

/** The code in coloured pieces; null until they are there, and for languages that have no colours here. */
export function useHighlighted(code: string, language: string | null): Piece[] | null {
  const key = `${language}\0${code}`
  const [found, setFound] = useState<{ key: string; pieces: Piece[] | null } | null>(null)

  useEffect(() => {
    if (language === null || done.has(key)) return
    let current = true
    const take = (pieces: Piece[] | null) => {
      if (done.size >= remembered) done.delete(done.keys().next().value ?? '')
      done.set(key, pieces)
      if (current) setFound({ key, pieces })
    }
    import('./highlighter')
      .then(({ highlight }) => highlight(code, language))
      // Without a line the code stays plain, until it is drawn again.
      .then(take, () => {})
    return () => {
      current = false
    }
  }, [code, language, key])

  return done.get(key) ?? (found?.key === key ? found.pieces : null)
}
