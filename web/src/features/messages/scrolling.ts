import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { VirtualizerHandle } from 'virtua'
import type { Row } from './rows'

/** Nearer to the end than this many pixels counts as being at the end. */
const endZone = 40
/** Nearer to the start than this many pixels the page above is asked for, and to the end apart from the present the next. */
const pageZone = 1_200

/** Room above a row that was asked for, in pixels: what comes before it is seen to go on. */
const placingSpace = 56
/** How long the list is held at a row that was asked for, while the rows around it find their heights. */
const placingMs = 400

type Where = 'upper' | 'middle'

interface Surroundings {
  /** Whether there are newer messages than the last row. */
  isApart: boolean
  onNearStart: () => void
  onNearEnd: () => void
}

interface AnchoredScroll {
  handle: RefObject<VirtualizerHandle | null>
  /** True in the render in which rows were put in above. */
  prepending: boolean
  /** Whether the newest message is on the screen. */
  ended: boolean
  /** The uppermost row on the screen; null as long as that is not settled. */
  firstInSight: number | null
  /** Whether the reader is away from the newest message. */
  away: boolean
  /** Messages that came while the reader was away. */
  unseen: number
  onScroll: () => void
  onResize: () => void
  toPresent: () => void
  /** Goes to a row: to the upper edge, with what follows on the screen, or to the middle, with what is around it. */
  toRow: (index: number, where?: Where) => void
}

/**
 * Keeps the list at its end while the reader is there, and otherwise where the reader is. It begins at the row `start`,
 * or at the end if that is negative.
 */
export function useAnchoredScroll(rows: Row[], start: number, more: Surroundings): AnchoredScroll {
  const handle = useRef<VirtualizerHandle>(null)
  const atEnd = useRef(start < 0 && !more.isApart)
  const [ended, setEnded] = useState(false)
  const [firstInSight, setFirstInSight] = useState<number | null>(null)
  const [away, setAway] = useState(false)
  const [seenKey, setSeenKey] = useState<string | null>(null)
  const previous = useRef<Row[]>([])
  const begun = useRef(false)
  const placing = usePlacing(handle, rows, measure)

  const prepending = isPrepended(previous.current, rows)
  const last = rows.at(-1)

  // biome-ignore lint/correctness/useExhaustiveDependencies: where it begins counts once
  useLayoutEffect(() => {
    const before = previous.current.at(-1)
    previous.current = rows
    // A list that was emptied has begun long ago, and is at its end.
    if (!begun.current && last && start >= 0) placing.begin(start, 'upper')
    if (last) begun.current = true
    else if (begun.current) {
      placing.end()
      atEnd.current = true
    }
    const grown = before?.key !== last?.key
    if (more.isApart) atEnd.current = false
    // What I write myself I want to see.
    if (grown && last?.pending) atEnd.current = true
    if (grown && atEnd.current) handle.current?.scrollToIndex(rows.length - 1, { align: 'end' })
    if (atEnd.current) setAway(false)
  }, [rows, last])

  function measure() {
    const list = handle.current
    if (!list || placing.isGoing()) return
    const left = list.scrollSize - list.scrollOffset - list.viewportSize
    // The end of what is apart from the present is a place like any other.
    atEnd.current = left <= endZone && !more.isApart
    setEnded(atEnd.current)
    setFirstInSight(list.findItemIndex(list.scrollOffset))
    setAway(left > Math.max(list.viewportSize / 2, endZone))
    // What follows on something apart from the present is not new.
    if (atEnd.current || more.isApart) setSeenKey(null)
    else setSeenKey((known) => known ?? rows.at(-1)?.key ?? null)
    if (list.scrollOffset < pageZone) more.onNearStart()
    if (more.isApart && left < pageZone) more.onNearEnd()
  }

  return {
    handle,
    prepending,
    ended,
    firstInSight,
    away,
    unseen: away ? countAfter(rows, seenKey) : 0,
    onScroll: measure,
    onResize: () => {
      const list = handle.current
      if (!list || placing.again()) return
      if (!atEnd.current) return measure()
      setEnded(true)
      setFirstInSight(list.findItemIndex(list.scrollOffset))
      list.scrollToIndex(rows.length - 1, { align: 'end' })
    },
    toPresent: () => {
      placing.end()
      atEnd.current = true
      handle.current?.scrollToIndex(rows.length - 1, { align: 'end' })
    },
    toRow: (index, where = 'upper') => {
      atEnd.current = false
      setEnded(false)
      placing.begin(index, where)
    },
  }
}

/** Holds the list at a row for a moment, or until the reader scrolls. */
function usePlacing(handle: RefObject<VirtualizerHandle | null>, rows: Row[], onPlaced: () => void) {
  const held = useRef<{ key: string; where: Where } | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const latest = useRef({ rows, onPlaced })
  useLayoutEffect(() => {
    latest.current = { rows, onPlaced }
  })
  const end = () => {
    clearTimeout(timer.current)
    if (held.current === null) return
    held.current = null
    latest.current.onPlaced()
  }
  const again = () => {
    if (held.current === null) return false
    const { key, where } = held.current
    // Its number is another one when rows came in above it.
    const index = latest.current.rows.findIndex((row) => row.key === key)
    if (index < 0) return true
    if (where === 'middle') handle.current?.scrollToIndex(index, { align: 'center' })
    else handle.current?.scrollToIndex(index, { align: 'start', offset: -placingSpace })
    return true
  }
  const latestEnd = useRef(end)
  useEffect(() => {
    const stop = () => latestEnd.current()
    const signs = ['wheel', 'touchmove', 'keydown'] as const
    for (const sign of signs) window.addEventListener(sign, stop, { passive: true })
    return () => {
      clearTimeout(timer.current)
      for (const sign of signs) window.removeEventListener(sign, stop)
    }
  }, [])
  return {
    begin: (index: number, where: Where) => {
      clearTimeout(timer.current)
      const key = latest.current.rows[index]?.key
      held.current = key === undefined ? null : { key, where }
      timer.current = setTimeout(end, placingMs)
      again()
    },
    again,
    end,
    isGoing: () => held.current !== null,
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
