import { useEffect, useRef } from 'react'

/** What takes Escape before the conversation does. */
const takers = '[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]'

/** Runs `action` on Escape where nothing else takes it. */
export function useFreeEscape(action: () => void): void {
  const latest = useRef(action)
  useEffect(() => {
    latest.current = action
  })
  useEffect(() => {
    let isFree = false
    // Whatever is open may be closed and gone by the time the key has come through.
    const look = () => {
      isFree = document.querySelector(takers) === null
    }
    const press = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.isComposing || event.defaultPrevented || !isFree) return
      latest.current()
    }
    window.addEventListener('keydown', look, { capture: true })
    window.addEventListener('keydown', press)
    return () => {
      window.removeEventListener('keydown', look, { capture: true })
      window.removeEventListener('keydown', press)
    }
  }, [])
}
