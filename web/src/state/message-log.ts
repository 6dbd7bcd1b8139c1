/** Pure operations on a channel's stretch of messages. */
import type { Message } from '@/api/contract'
import { joined } from './apart'
import { mergeMessages } from './merge'
import { everywhere, heardOf, quoting } from './message-changes'
import type { MessageLog } from './model'

export function emptyLog(): MessageLog {
  return {
    items: [],
    hasOlder: true,
    apart: null,
    lastSeq: 0,
    state: 'loading',
    holeAfter: null,
    changes: 0,
  }
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
  return joined(withPage({ ...log, items: since, state: 'ready', holeAfter: null }, page, hasOlder))
}

/**
 * The log repaired with its newest messages, `fresh`: what is not among them any more is gone. Older ones stay as
 * far as they join on; otherwise they are forgotten, to be loaded again.
 */
export function repaired(log: MessageLog, fresh: Message[], hasOlder: boolean): MessageLog {
  const sorted = [...fresh].sort((left, right) => left.seq - right.seq)
  const oldest = sorted[0]?.seq
  // What came by events after a hole does not say that nothing is missing before it.
  const whole = log.holeAfter ?? log.items.at(-1)?.seq ?? 0
  const joins = oldest !== undefined && hasOlder && oldest <= whole + 1
  const kept = joins ? log.items.filter((item) => item.seq < oldest) : []
  return joined({
    ...log,
    items: [...kept, ...sorted],
    hasOlder: kept.length > 0 ? log.hasOlder : hasOlder,
    lastSeq: greatestSeq(log.lastSeq, sorted),
    state: 'ready',
    holeAfter: null,
  })
}

/** The log after one new message; `stale` when others are missing before it. What is known of it already is newer. */
export function withNewMessage(log: MessageLog, message: Message): MessageLog {
  if (log.state === 'missing' || log.state === 'failed') return log
  const next = withSent(log, message)
  if (log.state === 'loading') return next
  const hole = log.lastSeq > 0 && message.seq > log.lastSeq + 1
  return hole ? stale(next, log.lastSeq) : next
}

/** The log when something may be missing after a message; when none is given, after the last. */
export function stale(log: MessageLog, after = log.items.at(-1)?.seq ?? 0): MessageLog {
  return { ...log, state: 'stale', holeAfter: log.holeAfter ?? after }
}

/** The log with a message as it was when it was sent. */
export function withSent(log: MessageLog, message: Message): MessageLog {
  const oldest = log.items[0]
  // What is further up than what is known would not join on.
  if (oldest && log.hasOlder && message.seq < oldest.seq) return log
  const known = log.items.find((item) => item.id === message.id)
  return withPage(log, [known ? { ...known, nonce: known.nonce ?? message.nonce ?? null } : message])
}

/** The log with a changed message, if it holds it. */
export function withChangedMessage(log: MessageLog, message: Message): MessageLog {
  return everywhere({ ...log, changes: log.changes + 1 }, (all) => {
    const items = quoting(all, message.id, message)
    const known = items.find((item) => item.id === message.id)
    return known ? mergeMessages(items, [heardOf(known, message)]) : items
  })
}

export function withoutMessage(log: MessageLog, id: string, seq: number): MessageLog {
  const next = { ...log, lastSeq: Math.max(log.lastSeq, seq), changes: log.changes + 1 }
  return everywhere(next, (items) =>
    quoting(
      items.filter((item) => item.id !== id),
      id,
      null,
    ),
  )
}

/** Only the newest `count` messages, so that channels left behind do not fill the memory. */
export function trimmed(log: MessageLog, count: number): MessageLog {
  if (log.items.length <= count) return log.apart ? { ...log, apart: null } : log
  return { ...log, items: log.items.slice(-count), hasOlder: true, apart: null }
}

function greatestSeq(known: number, items: Message[]): number {
  return Math.max(known, items.at(-1)?.seq ?? 0)
}
