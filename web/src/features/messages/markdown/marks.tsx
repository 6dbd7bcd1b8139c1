import type { ReactNode } from 'react'
import styles from './Markdown.module.css'

/** Parts of a text, as beginnings and ends in UTF-16 units, in order. */
export type Marks = readonly (readonly number[])[]

export const noMarks: Marks = []

/** A text that comes from `source`, where it begins at `offset`, with what of it is marked there. */
export function withMarks(text: string, source: string, offset: number | undefined, marks: Marks): ReactNode {
  if (marks.length === 0 || offset === undefined) return text
  return markedParts(text, source, offset, marks).map(({ part, at, isMarked }) =>
    isMarked ? (
      <mark key={at} className={styles.found}>
        {part}
      </mark>
    ) : (
      part
    ),
  )
}

/** Signs between two letters of a text are no longer. */
const longestSign = 16

interface Part {
  part: string
  /** Where it begins in the text. */
  at: number
  isMarked: boolean
}

/** The parts of a text, each marked or not. Signs of markdown that stand in the source are not in the text. Pure. */
export function markedParts(text: string, source: string, offset: number, marks: Marks): Part[] {
  const parts: Part[] = []
  let place = offset
  for (let index = 0; index < text.length; index += 1) {
    const letter = text[index] ?? ''
    const found = source.indexOf(letter, place)
    const here = found < 0 || found > place + longestSign ? place : found
    place = here + 1
    const isMarked = marks.some(([from = 0, to = 0]) => from <= here && here < to)
    const last = parts.at(-1)
    if (last?.isMarked === isMarked) last.part += letter
    else parts.push({ part: letter, at: index, isMarked })
  }
  return parts
}
