import { useEffect, useEffectEvent } from 'react'

/** Each form with changes that are not saved, as what tells its user that they were about to leave. */
const unsaved = new Set<() => void>()

/** Whether nothing would be lost by leaving what is on the screen; otherwise the user is told what would. */
export function mayLeave(): boolean {
  for (const tell of unsaved) tell()
  return unsaved.size === 0
}

/** While this is on the screen, there are changes that are not saved; `tell` is called when they were about to be lost. */
export function useUnsaved(tell: () => void): void {
  const told = useEffectEvent(tell)
  useEffect(() => {
    const entry = () => told()
    unsaved.add(entry)
    window.addEventListener('beforeunload', askBeforeUnload)
    return () => {
      unsaved.delete(entry)
      if (unsaved.size === 0) window.removeEventListener('beforeunload', askBeforeUnload)
    }
  }, [])
}

function askBeforeUnload(event: BeforeUnloadEvent) {
  event.preventDefault()
}
