/** Pure operations on a channel's stretch of messages. */
import type { Message } from '@/api/contract'
import { heardOf, quoting } from './message-changes'
import type { MessageLog } from './model'

export function emptyLog(): MessageLog {
  return { items: [], hasOlder: true, lastSeq: 0, state: 'loading', changes: 0 }
}

/** Both lists in order of sequence numbers, each message once; of two versions the later edited one. */
export function mergeMessages(known: Message[], incoming: Message[]): Message[] {
  const byId = new Map(known.map((message) => [message.id, message]))
  for (const message of incoming) byId.set(message.id, newer(byId.get(message.id), message))
  return [...byId.values()].sort((left, right) => left.seq - right.seq)
}

function newer(known: Message | undefined, incoming: Message): Message {
  if (!known) return incoming
  return (known.edited_at ?? '') > (incoming.edited_at ?? '')
    ? known
    : { ...incoming, nonce: incoming.nonce ?? known.nonce }
}

/** The log with a page put in. `hasOlder` is given when the page reaches the start of the log. */
export function withPage(log: MessageLog, page: Message[], hasOlder?: boolean): MessageLog {
  const items = mergeMessages(log.items, page)
  return { ...log, items, hasOlder: hasOlder ?? log.hasOlder, lastSeq: greatestSeq(log.lastSeq, items) }
}

/** The newest page as the whole log, with what was heard of since it was asked for. */
export function withFirstPage(log: MessageLog, page: Message[], hasOlder: boolean): MessageLog {
  const oldest = page.reduce((least, message) => Math.min(least, message.seq), Number.POSITIVE_INFINITY)
  const since = page.length > 0 ? log.items.filter((item) => item.seq > oldest) : log.items
  return withPage({ ...log, items: since, state: 'ready' }, page, hasOlder)
}

/**
 * The log repaired with its newest messages, `fresh`: what is not among them any more is gone. Older ones stay as
 * far as they join on; otherwise they are forgotten, to be loaded again.
 */
export function repaired(log: MessageLog, fresh: Message[], hasOlder: boolean): MessageLog {
  const sorted = [...fresh].sort((left, right) => left.seq - right.seq)
  const oldest = sorted[0]?.seq
  const joins = oldest !== undefined && hasOlder && log.items.some((item) => item.seq >= oldest)
  const kept = joins ? log.items.filter((item) => item.seq < oldest) : []
  return {
    ...log,
    items: [...kept, ...sorted],
    hasOlder: kept.length > 0 ? log.hasOlder : hasOlder,
    lastSeq: greatestSeq(log.lastSeq, sorted),
    state: 'ready',
  }
}

/** The log after one new message; `stale` when others are missing before it. What is known of it already is newer. */
export function withNewMessage(log: MessageLog, message: Message): MessageLog {
  if (log.state === 'missing' || log.state === 'failed') return log
  const next = withSent(log, message)
  if (log.state === 'loading') return next
  const hole = log.lastSeq > 0 && message.seq > log.lastSeq + 1
  return { ...next, state: hole ? 'stale' : log.state }
}

/** The log with a message as it was when it was sent. */
export function withSent(log: MessageLog, message: Message): MessageLog {
  const known = log.items.find((item) => item.id === message.id)
  return withPage(log, [known ? { ...known, nonce: known.nonce ?? message.nonce ?? null } : message])
}

/** The log with a changed message, if it holds it. */
export function withChangedMessage(log: MessageLog, message: Message): MessageLog {
  const changes = log.changes + 1
  const items = quoting(log.items, message.id, message)
  const known = items.find((item) => item.id === message.id)
  if (!known) return { ...log, items, changes }
  return { ...log, items: mergeMessages(items, [heardOf(known, message)]), changes }
}

export function withoutMessage(log: MessageLog, id: string, seq: number): MessageLog {
  const items = log.items.filter((item) => item.id !== id)
  return {
    ...log,
    items: quoting(items.length === log.items.length ? log.items : items, id, null),
    lastSeq: Math.max(log.lastSeq, seq),
    changes: log.changes + 1,
  }
}

/** Only the newest `count` messages, so that channels left behind do not fill the memory. */
export function trimmed(log: MessageLog, count: number): MessageLog {
  if (log.items.length <= count) return log
  return { ...log, items: log.items.slice(-count), hasOlder: true }
}

function greatestSeq(known: number, items: Message[]): number {
  return Math.max(known, items.at(-1)?.seq ?? 0)
}
