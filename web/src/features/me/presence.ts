import type { Presence } from '@/gateway/protocol'

const presences: readonly string[] = ['online', 'away', 'do_not_disturb'] satisfies Presence[]

/** How somebody who wants to be seen like this is seen: who is invisible, as offline. */
export function presenceOf(status: string): Presence {
  return presences.includes(status) ? (status as Presence) : 'offline'
}
