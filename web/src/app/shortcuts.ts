import { useEffect, useRef } from 'react'

/** Runs `action` when a combination such as `Ctrl+Alt+ArrowUp` is pressed anywhere; Cmd counts as Ctrl. */
export function useShortcut(combination: string, action: () => void): void {
  const latest = useRef(action)
  useEffect(() => {
    latest.current = action
  })
  useEffect(() => {
    function press(event: KeyboardEvent) {
      if (combinationOf(event) !== combination) return
      event.preventDefault()
      latest.current()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [combination])
}

function combinationOf(event: KeyboardEvent): string {
  const parts = [
    event.ctrlKey || event.metaKey ? 'Ctrl' : '',
    event.altKey ? 'Alt' : '',
    event.shiftKey ? 'Shift' : '',
    event.key,
  ]
  return parts.filter(Boolean).join('+')
}
