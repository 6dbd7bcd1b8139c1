/** What happens to messages of a log besides being sent, edited and deleted. Pure. */
import type { AnsweredMessage, Id, Message, Reaction } from '@/api/contract'
import type { MessageLog } from './model'

/** The server quotes as many characters of a message that is answered. */
const quoted = 200

/** A message as an event tells of it, which cannot know who reads: with what the reader knew of themselves. */
export function heardOf(known: Message | undefined, told: Message): Message {
  if (!known) return told
  const mine = new Set(known.reactions.filter(({ me }) => me).map(({ emoji }) => emoji))
  const reactions = told.reactions.map((reaction) =>
    mine.has(reaction.emoji) ? { ...reaction, me: true } : reaction,
  )
  const withheld = told.reply_to && !told.reply_to.deleted && !told.reply_to.author
  return { ...told, reactions, reply_to: withheld ? (known.reply_to ?? told.reply_to) : told.reply_to }
}

/** How often a message is reacted to with an emoji from now on. */
export interface ReactionChange {
  emoji: string
  count: number
  /** Whether I am among them from now on; null when it is not about me. */
  me: boolean | null
}

export function withReaction(log: MessageLog, id: Id, change: ReactionChange): MessageLog {
  return changed(log, id, (message) => ({ ...message, reactions: reacted(message.reactions, change) }))
}

function reacted(reactions: Reaction[], { emoji, count, me }: ReactionChange): Reaction[] {
  const known = reactions.find((reaction) => reaction.emoji === emoji)
  if (count <= 0) return known ? reactions.filter((reaction) => reaction !== known) : reactions
  const next = { emoji, count, me: me ?? known?.me ?? false }
  if (!known) return [...reactions, next]
  return reactions.map((reaction) => (reaction === known ? next : reaction))
}

/** The log after the server agreed that I react, or do not. */
export function withMine(log: MessageLog, id: Id, emoji: string, me: boolean): MessageLog {
  const reactions = heldMessage(log, id)?.reactions
  const known = reactions?.find((reaction) => reaction.emoji === emoji)
  if (!reactions || (known?.me ?? false) === me) return log
  return withReaction(log, id, { emoji, count: (known?.count ?? 0) + (me ? 1 : -1), me })
}

/** The log with all messages that it holds changed. What is left empty is no stretch. */
export function everywhere(log: MessageLog, change: (items: Message[]) => Message[]): MessageLog {
  const items = change(log.items)
  if (!log.apart) return { ...log, items }
  const apart = change(log.apart.items)
  return { ...log, items, apart: apart.length > 0 ? { ...log.apart, items: apart } : null }
}

/** A message, wherever the log holds it. */
export function heldMessage(log: MessageLog | undefined, id: Id): Message | undefined {
  const isIt = (message: Message) => message.id === id
  return log?.items.find(isIt) ?? log?.apart?.items.find(isIt)
}

export function withPin(log: MessageLog, id: Id, pinned: boolean): MessageLog {
  return changed(log, id, (message) => (message.pinned === pinned ? message : { ...message, pinned }))
}

/** The log after the previews of a message were removed. */
export function withoutEmbeds(log: MessageLog, id: Id): MessageLog {
  return changed(log, id, (message) => (message.embeds.length === 0 ? message : { ...message, embeds: [] }))
}

/** The messages with what those quote that answer a message which was changed, or is gone: null. */
export function quoting(items: Message[], id: Id, original: Message | null): Message[] {
  if (!items.some(({ reply_to }) => reply_to?.id === id)) return items
  const reply_to = original ? quoteOf(original) : { id, deleted: true, author: null, content: null }
  return items.map((item) => {
    // What is withheld from some is not told to all.
    const answers = item.reply_to?.id === id && (!original || item.reply_to.author)
    return answers ? { ...item, reply_to } : item
  })
}

/** What an answer shows of a message. */
export function quoteOf({ id, author, content, mentions, attachments }: Message): AnsweredMessage {
  const beginning = [...content].slice(0, quoted).join('')
  const tokens = mentions.tokens.filter(({ text }) => beginning.includes(text))
  return { id, deleted: false, author, content: beginning, tokens, attachment_count: attachments.length }
}

/** A page that was asked for before may be out of date, also when the message is not in the log yet. */
function changed(log: MessageLog, id: Id, change: (message: Message) => Message): MessageLog {
  const next = { ...log, changes: log.changes + 1 }
  if (!heldMessage(log, id)) return next
  return everywhere(next, (items) => items.map((item) => (item.id === id ? change(item) : item)))
}
