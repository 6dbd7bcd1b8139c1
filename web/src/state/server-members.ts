/** Pure operations on what is known of a server's members. */
import type { Id, Member } from '@/api/contract'

export interface ServerMembers {
  byId: Record<Id, Member>
  /** Whether all members were fetched, not only those that events named. */
  complete: boolean
  /** Members that events told of since fetching began: a page may be older than that. */
  heard: ReadonlySet<Id>
}

export function noMembers(): ServerMembers {
  return { byId: {}, complete: false, heard: new Set() }
}

/** With a member that an event told of. */
export function withMember(members: ServerMembers, member: Member): ServerMembers {
  const { id } = member.user
  return { ...members, byId: { ...members.byId, [id]: member }, heard: heardOf(members, id) }
}

/** Without one who has left. */
export function withoutMember(members: ServerMembers, id: Id): ServerMembers {
  const { [id]: _, ...byId } = members.byId
  return { ...members, byId, heard: heardOf(members, id) }
}

/** Before the first page is asked for. What is known stays in sight meanwhile. */
export function fetching(members: ServerMembers): ServerMembers {
  return { ...members, complete: false, heard: new Set() }
}

/** With a page; what events told meanwhile is newer. */
export function withMemberPage(members: ServerMembers, page: Member[]): ServerMembers {
  const byId = { ...members.byId }
  for (const member of page) if (!members.heard.has(member.user.id)) byId[member.user.id] = member
  return { ...members, byId }
}

/** After the last page: who was in none of them and not heard of either is no member any more. */
export function allFetched(members: ServerMembers, fetched: ReadonlySet<Id>): ServerMembers {
  const kept = Object.entries(members.byId).filter(([id]) => fetched.has(id) || members.heard.has(id))
  return { byId: Object.fromEntries(kept), complete: true, heard: new Set() }
}

/** Nothing needs to be remembered while no page is on its way. */
function heardOf(members: ServerMembers, id: Id): ReadonlySet<Id> {
  return members.complete ? members.heard : new Set([...members.heard, id])
}
