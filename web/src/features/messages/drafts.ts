import type { Id } from '@/api/contract'

const keyOf = (channelId: Id) => `beep.draft.${channelId}`

/** What was begun in a channel and not sent; outlives a reload of the page. */
export function draftOf(channelId: Id): string {
  return sessionStorage.getItem(keyOf(channelId)) ?? ''
}

export function keepDraft(channelId: Id, text: string): void {
  if (text === '') sessionStorage.removeItem(keyOf(channelId))
  else sessionStorage.setItem(keyOf(channelId), text)
}
