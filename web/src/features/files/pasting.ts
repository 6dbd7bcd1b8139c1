import { useEffect, useRef } from 'react'
import { type Brought, pastedFiles } from './transferred'

/** Hands over files that are pasted in the composer, or where nothing is written. */
export function usePastedFiles(onFiles: (brought: Brought) => void): void {
  const latest = useRef(onFiles)
  useEffect(() => {
    latest.current = onFiles
  })
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      if (!event.clipboardData || isElsewhere(event.target)) return
      const brought = pastedFiles(event.clipboardData, new Date())
      if (brought.files.length + brought.folders.length === 0) return
      event.preventDefault()
      latest.current(brought)
    }
    document.addEventListener('paste', paste)
    return () => document.removeEventListener('paste', paste)
  }, [])
}

/** Whether something else takes what is pasted: another field, or what lies over the channel. */
function isElsewhere(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false
  if (target.closest('[data-composer]')) return false
  return target.closest('input, textarea, [contenteditable], [role=dialog], [role=alertdialog]') !== null
}
