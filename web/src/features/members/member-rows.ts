import type { Id, Member, Role } from '@/api/contract'
import type { Presence } from '@/gateway/protocol'

/** A line of the member list. */
export type MemberRow =
  | { kind: 'heading'; key: string; role: Role | null; connected: boolean; count: number }
  | { kind: 'member'; key: string; member: Member; presence: Presence }

/**
 * Connected members below the highest of their roles that stands apart, the other connected ones, then the rest; each by
 * name. `roles` has the highest first. Pure.
 */
export function memberRows(
  members: Member[],
  presences: Record<Id, Presence>,
  roles: Role[],
  locale: string,
): MemberRow[] {
  const collator = new Intl.Collator(locale, { sensitivity: 'base', numeric: true })
  const sorted = [...members].sort((left, right) => collator.compare(nameOf(left), nameOf(right)))
  const apart = roles.filter((role) => role.hoisted)
  const groups = new Map<string, { role: Role | null; members: Member[] }>()
  for (const role of apart) groups.set(role.id, { role, members: [] })
  groups.set('connected', { role: null, members: [] }).set('offline', { role: null, members: [] })
  for (const member of sorted) {
    const connected = presenceIn(presences, member) !== 'offline'
    const role = apart.find(({ id }) => member.role_ids.includes(id))
    groups.get(connected ? (role?.id ?? 'connected') : 'offline')?.members.push(member)
  }
  const rows: MemberRow[] = []
  for (const [key, { role, members: group }] of groups) {
    if (group.length === 0) continue
    rows.push({ kind: 'heading', key, role, connected: key !== 'offline', count: group.length })
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
