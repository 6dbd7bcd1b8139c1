import { type RefObject, useLayoutEffect, useRef, useState } from 'react'
import type { VirtualizerHandle } from 'virtua'
import type { Row } from './rows'

/** Nearer to the end than this many pixels counts as being at the end. */
const endZone = 40
/** Nearer to the start than this many pixels the page above is asked for. */
const startZone = 1_200

interface AnchoredScroll {
  handle: RefObject<VirtualizerHandle | null>
  /** True in the render in which rows were put in above. */
  prepending: boolean
  /** Whether the reader is away from the newest message. */
  away: boolean
  /** Messages that came while the reader was away. */
  unseen: number
  onScroll: () => void
  onResize: () => void
  toPresent: () => void
  /** Leads to a row that is not the last. */
  toRow: (index: number) => void
}

/** Keeps the list at its end while the reader is there, and otherwise where the reader is. */
export function useAnchoredScroll(rows: Row[], onNearStart: () => void): AnchoredScroll {
  const handle = useRef<VirtualizerHandle>(null)
  const atEnd = useRef(true)
  const [away, setAway] = useState(false)
  const [seenKey, setSeenKey] = useState<string | null>(null)
  const previous = useRef<Row[]>([])

  const prepending = isPrepended(previous.current, rows)
  const last = rows.at(-1)

  useLayoutEffect(() => {
    const before = previous.current.at(-1)
    previous.current = rows
    const grown = before?.key !== last?.key
    // What I write myself I want to see.
    if (grown && last?.pending) atEnd.current = true
    if (grown && atEnd.current) handle.current?.scrollToIndex(rows.length - 1, { align: 'end' })
    if (atEnd.current) setAway(false)
  }, [rows, last])

  function measure() {
    const list = handle.current
    if (!list) return
    const left = list.scrollSize - list.scrollOffset - list.viewportSize
    atEnd.current = left <= endZone
    setAway(left > Math.max(list.viewportSize / 2, endZone))
    if (atEnd.current) setSeenKey(null)
    else setSeenKey((known) => known ?? rows.at(-1)?.key ?? null)
    if (list.scrollOffset < startZone) onNearStart()
  }

  return {
    handle,
    prepending,
    away,
    unseen: away ? countAfter(rows, seenKey) : 0,
    onScroll: measure,
    onResize: () => {
      const list = handle.current
      if (!list) return
      if (atEnd.current) list.scrollToIndex(rows.length - 1, { align: 'end' })
      else if (list.scrollOffset < startZone) onNearStart()
    },
    toPresent: () => {
      atEnd.current = true
      handle.current?.scrollToIndex(rows.length - 1, { align: 'end' })
    },
    toRow: (index) => {
      atEnd.current = false
      handle.current?.scrollToIndex(index, { align: 'center' })
    },
  }
}

function isPrepended(before: Row[], rows: Row[]): boolean {
  const first = before[0]
  return first !== undefined && rows[0]?.key !== first.key && rows.some((row) => row.key === first.key)
}

function countAfter(rows: Row[], key: string | null): number {
  if (key === null) return 0
  const index = rows.findLastIndex((row) => row.key === key)
  return index < 0 ? 0 : rows.length - 1 - index
}
