import { useEffect } from 'react'
import { useStore } from '@/state/store'
import { mentionsInAll } from '@/state/unread'

/** What is on the screen, the uppermost last. */
const shown: { title: string }[] = []

/** Names what is on the screen in the title of the page, before the name of Beep. */
export function useTitle(title: string | null): void {
  useEffect(() => {
    const entry = { title: title ? `${title} · Beep` : 'Beep' }
    shown.push(entry)
    write()
    return () => {
      shown.splice(shown.indexOf(entry), 1)
      write()
    }
  }, [title])
}

/** Keeps the number of mentions before the title. */
export function startTitle(): void {
  useStore.subscribe((state, before) => {
    if (state.readings !== before.readings || state.channels !== before.channels) write()
  })
}

function write(): void {
  const title = shown.at(-1)?.title ?? 'Beep'
  const mentions = mentionsInAll(useStore.getState())
  document.title = mentions > 0 ? `(${mentions}) ${title}` : title
}
