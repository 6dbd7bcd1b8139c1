/** Pure operations on what of a channel is on the screen: its newest messages, or a stretch apart from them. */
import type { Message } from '@/api/contract'
import { mergeMessages } from './merge'
import type { MessageLog, Stretch } from './model'

/** What is on the screen. */
export function shownOf(log: MessageLog): Stretch {
  return log.apart ?? log
}

/** The log with its newest messages on the screen. */
export function atPresent(log: MessageLog): MessageLog {
  return log.apart ? { ...log, apart: null } : log
}

/**
 * The log with a page from anywhere on the screen. `reachesEnd`: nothing newer was there when it was asked for. It is
 * put to what it meets; a stretch apart that it does not meet is forgotten.
 */
export function withPlace(
  log: MessageLog,
  page: Message[],
  hasOlder: boolean,
  reachesEnd: boolean,
): MessageLog {
  const place = { items: mergeMessages([], page), hasOlder }
  if (place.items.length === 0) return log
  const apart = log.apart && meet(log.apart, place) ? union(log.apart, place) : place
  return joined({ ...log, apart }, reachesEnd)
}

/** The log with what follows on the stretch apart. */
export function withNewer(log: MessageLog, page: Message[], reachesEnd: boolean): MessageLog {
  if (!log.apart) return log
  const apart = { ...log.apart, items: mergeMessages(log.apart.items, page) }
  return joined({ ...log, apart }, reachesEnd)
}

/** The log with a page above what is on the screen. */
export function withOlder(log: MessageLog, page: Message[], hasOlder: boolean): MessageLog {
  const shown = shownOf(log)
  const longer = { items: mergeMessages(shown.items, page), hasOlder }
  return log.apart ? { ...log, apart: longer } : { ...log, ...longer }
}

/** The log with the stretch apart as it is at the server now. */
export function withApart(log: MessageLog, fresh: Message[], hasOlder: boolean): MessageLog {
  if (!log.apart) return log
  const items = mergeMessages([], fresh)
  return joined({ ...log, apart: items.length > 0 ? { items, hasOlder } : null })
}

/** The log as one stretch if the one apart has come to the present. Where something may be missing it waits. */
export function joined(log: MessageLog, reachesEnd = false): MessageLog {
  const { apart } = log
  if (!apart || log.state !== 'ready') return log
  const together = { ...log, ...union(apart, log), apart: null }
  if (meet(apart, log)) return together
  if (!reachesEnd) return log
  const [end, present] = [endsOf(apart), endsOf(log)]
  if (!end || !present || end.last < present.first) return together
  // Newer than what is known of the present: that has missed something.
  return { ...log, state: 'stale', holeAfter: present.last }
}

/** Whether nothing can be between two stretches. */
function meet(left: Stretch, right: Stretch): boolean {
  const [from, to] = [endsOf(left), endsOf(right)]
  return from !== null && to !== null && from.first <= to.last + 1 && to.first <= from.last + 1
}

function union(left: Stretch, right: Stretch): Stretch {
  const first = (stretch: Stretch) => endsOf(stretch)?.first ?? Number.POSITIVE_INFINITY
  const { hasOlder } = first(left) <= first(right) ? left : right
  return { items: mergeMessages(left.items, right.items), hasOlder }
}

function endsOf({ items }: Stretch): { first: number; last: number } | null {
  const [first, last] = [items[0], items.at(-1)]
  return first && last ? { first: first.seq, last: last.seq } : null
}
