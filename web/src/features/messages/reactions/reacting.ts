import { create } from 'zustand'
import { answer, http } from '@/api/client'
import type { Id, Message, Reaction } from '@/api/contract'
import { changeLog } from '@/state/apply-event'
import { withMine } from '@/state/message-changes'
import { useStore } from '@/state/store'

const ownPath =
  '/servers/{server_id}/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me' as const
const emojiPath =
  '/servers/{server_id}/channels/{channel_id}/messages/{message_id}/reactions/{emoji}' as const

/** Whether I wish to be among those who react with an emoji, as long as the server has not agreed: by message. */
type Wishes = Record<Id, Record<string, boolean>>

export const useWishes = create<{ wishes: Wishes }>(() => ({ wishes: {} }))

/** Emoji of messages of which a wish is on its way. */
const underWay = new Set<string>()

/**
 * Reacts, or takes it back. Seen at once; one request at a time, so that the last wish is the one that holds. Throws
 * what the server said, when all is as it was again.
 */
export async function react(message: Message, emoji: string, wanted: boolean): Promise<void> {
  const key = `${message.id} ${emoji}`
  wish(message.id, emoji, wanted)
  if (underWay.has(key)) return
  underWay.add(key)
  try {
    for (let sent: boolean | undefined; ; ) {
      const wished = useWishes.getState().wishes[message.id]?.[emoji]
      if (wished === undefined || wished === sent) break
      await send(message, emoji, wished)
      sent = wished
      useStore.setState((state) =>
        changeLog(state, message.channel_id, (log) => withMine(log, message.id, emoji, wished)),
      )
    }
  } finally {
    underWay.delete(key)
    wish(message.id, emoji, null)
  }
}

/** Takes all reactions with an emoji off a message. */
export async function clearReactions(message: Message, emoji: string): Promise<void> {
  await answer(http.DELETE(emojiPath, { params: { path: placeOf(message, emoji) } }))
}

/** A page of those who reacted with an emoji. */
export function fetchReactors(message: Message, emoji: string, limit: number, after: string | null) {
  const query = after ? { limit, after } : { limit }
  return answer(http.GET(emojiPath, { params: { path: placeOf(message, emoji), query } }))
}

/** The reactions as they are to be seen: with what I wish. Pure. */
export function wishedReactions(reactions: Reaction[], wishes: Record<string, boolean>): Reaction[] {
  const changed = reactions.map((reaction) => {
    const me = wishes[reaction.emoji] ?? reaction.me
    return me === reaction.me ? reaction : { ...reaction, me, count: reaction.count + (me ? 1 : -1) }
  })
  const known = new Set(reactions.map(({ emoji }) => emoji))
  const added = Object.entries(wishes).filter(([emoji, me]) => me && !known.has(emoji))
  return [
    ...changed.filter(({ count }) => count > 0),
    ...added.map(([emoji]) => ({ emoji, count: 1, me: true })),
  ]
}

function send(message: Message, emoji: string, wanted: boolean): Promise<unknown> {
  const params = { path: placeOf(message, emoji) }
  return answer(wanted ? http.PUT(ownPath, { params }) : http.DELETE(ownPath, { params }))
}

function placeOf({ server_id, channel_id, id: message_id }: Message, emoji: string) {
  return { server_id, channel_id, message_id, emoji }
}

function wish(messageId: Id, emoji: string, wanted: boolean | null): void {
  useWishes.setState(({ wishes }) => {
    const { [messageId]: known = {}, ...others } = wishes
    const { [emoji]: _, ...rest } = known
    const mine = wanted === null ? rest : { ...rest, [emoji]: wanted }
    return { wishes: Object.keys(mine).length === 0 ? others : { ...others, [messageId]: mine } }
  })
}
