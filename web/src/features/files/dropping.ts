import { type DragEvent, useEffect, useRef, useState } from 'react'
import { type Brought, broughtBy, carriesFiles } from './transferred'

interface DropTarget {
  /** Whether files are held over it. */
  isOver: boolean
  props: {
    onDragEnter: (event: DragEvent) => void
    onDragOver: (event: DragEvent) => void
    onDragLeave: (event: DragEvent) => void
    onDrop: (event: DragEvent) => void
  }
}

/** Files may be dropped anywhere on an element. A file that misses it does not take the page away. */
export function useFileDrop(may: boolean, onFiles: (brought: Brought) => void): DropTarget {
  const [isOver, setOver] = useState(false)
  // Leaving a part for one inside it, or beside it, tells of both.
  const depth = useRef(0)
  const end = () => {
    depth.current = 0
    setOver(false)
  }
  useMissedDrops(end)
  return {
    isOver,
    props: {
      onDragEnter: (event) => {
        if (!isFromOutside(event)) return
        depth.current += 1
        setOver(true)
      },
      onDragOver: (event) => {
        if (!isFromOutside(event)) return
        event.preventDefault()
        event.dataTransfer.dropEffect = may ? 'copy' : 'none'
      },
      onDragLeave: (event) => {
        if (!isFromOutside(event)) return
        depth.current -= 1
        if (depth.current <= 0) end()
      },
      onDrop: (event) => {
        if (!isFromOutside(event)) return
        event.preventDefault()
        end()
        onFiles(broughtBy(event.dataTransfer))
      },
    },
  }
}

/** A picture of the page that is dragged counts as a file, too. */
let isOwn = false

function isFromOutside(event: DragEvent): boolean {
  return !isOwn && carriesFiles(event.dataTransfer)
}

function useMissedDrops(onEnd: () => void): void {
  const latest = useRef(onEnd)
  useEffect(() => {
    latest.current = onEnd
  })
  useEffect(() => {
    const end = () => {
      isOwn = false
    }
    const begin = () => {
      isOwn = true
      // What was dragged may be gone by the end, which is not told then; during a drag no pointer moves.
      window.addEventListener('pointermove', end, { once: true })
    }
    const over = (event: globalThis.DragEvent) => {
      if (!carriesFiles(event.dataTransfer) || event.defaultPrevented) return
      event.preventDefault()
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'none'
    }
    const drop = (event: globalThis.DragEvent) => {
      if (carriesFiles(event.dataTransfer)) event.preventDefault()
      latest.current()
    }
    const listeners = [
      ['dragstart', begin],
      ['dragend', end],
      ['dragover', over],
      ['drop', drop],
    ] as const
    for (const [name, listener] of listeners) window.addEventListener(name, listener as EventListener)
    return () => {
      for (const [name, listener] of listeners) window.removeEventListener(name, listener as EventListener)
    }
  }, [])
}
