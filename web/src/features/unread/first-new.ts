import type { Id, Message } from '@/api/contract'
import type { ChannelReading } from '@/state/read-states'

/** What can be said of the first new message of a channel: where it is, that it is not loaded, or that there is none. */
export type FirstNew = { at: 'loaded'; messageId: Id } | { at: 'above' } | { at: 'nowhere' }

/** The last message that was read: its number, and its id as far as it is known. */
export interface ReadMark {
  seq: number
  id: Id | null
}

/** How far a channel was read, if something is unread in it. Pure. */
export function markOf(reading: ChannelReading | undefined): ReadMark | null {
  return reading && reading.lastSeq > reading.readSeq ? { seq: reading.readSeq, id: reading.readId } : null
}

/** The first message after a mark that somebody else wrote. Pure. */
export function firstNewAfter(
  mark: number | null,
  items: Message[],
  hasOlder: boolean,
  me: Id | undefined,
): FirstNew {
  const oldest = items[0]
  if (mark === null || !oldest) return { at: 'nowhere' }
  if (hasOlder && oldest.seq > mark + 1) return { at: 'above' }
  const first = items.find((message) => message.seq > mark && message.author.id !== me)
  return first ? { at: 'loaded', messageId: first.id } : { at: 'nowhere' }
}
