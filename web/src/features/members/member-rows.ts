import type { Id, Member } from '@/api/contract'
import type { Presence } from '@/gateway/protocol'

/** A line of the member list. */
export type MemberRow =
  | { kind: 'heading'; key: string; connected: boolean; count: number }
  | { kind: 'member'; key: string; member: Member; presence: Presence }

/** Connected members, then the others, each by name. Pure. */
export function memberRows(members: Member[], presences: Record<Id, Presence>, locale: string): MemberRow[] {
  const collator = new Intl.Collator(locale, { sensitivity: 'base', numeric: true })
  const sorted = [...members].sort((left, right) => collator.compare(nameOf(left), nameOf(right)))
  const rows: MemberRow[] = []
  for (const connected of [true, false]) {
    const group = sorted.filter((member) => (presenceIn(presences, member) !== 'offline') === connected)
    if (group.length === 0) continue
    rows.push({ kind: 'heading', key: connected ? 'connected' : 'offline', connected, count: group.length })
    for (const member of group) {
      rows.push({ kind: 'member', key: member.user.id, member, presence: presenceIn(presences, member) })
    }
  }
  return rows
}

/** How a member is called in this server. */
export function nameOf(member: Member): string {
  return member.nickname ?? member.user.display_name
}

function presenceIn(presences: Record<Id, Presence>, member: Member): Presence {
  return presences[member.user.id] ?? 'offline'
}
