import type { Id } from '@/api/contract'
import { useStore } from '@/state/store'

/** Of each who signs in in this browser by themselves. */
const keyOf = (channelId: Id) => `beep.draft.${useStore.getState().me?.id ?? ''}.${channelId}`

/** What was begun in a channel and not sent; outlives a reload of the page. */
export function draftOf(channelId: Id): string {
  return sessionStorage.getItem(keyOf(channelId)) ?? ''
}

export function keepDraft(channelId: Id, text: string): void {
  if (text === '') sessionStorage.removeItem(keyOf(channelId))
  else sessionStorage.setItem(keyOf(channelId), text)
}
