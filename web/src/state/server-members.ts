/** Pure operations on what is known of a server's members. */
import type { Id, Member } from '@/api/contract'

export interface ServerMembers {
  byId: Record<Id, Member>
  /** Whether all who see the channel below were fetched, and nothing happened since by which others may see it. */
  complete: boolean
  /** Whether such a thing happened since fetching began. */
  doubted: boolean
  /** Who saw a channel when they were fetched last. */
  viewers: { channelId: Id; ids: ReadonlySet<Id> } | null
  /** Members that events told of since fetching began: a page may be older than that. */
  heard: ReadonlySet<Id>
}

export function noMembers(): ServerMembers {
  return { byId: {}, complete: false, doubted: false, viewers: null, heard: new Set() }
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

/** After something by which other members may see the channel. */
export function doubtful(members: ServerMembers): ServerMembers {
  return { ...members, complete: false, doubted: true }
}

/** Before the first page is asked for. What is known stays in sight meanwhile. */
export function fetching(members: ServerMembers): ServerMembers {
  return { ...members, complete: false, doubted: false, heard: new Set() }
}

/** With a page; what events told meanwhile is newer. */
export function withMemberPage(members: ServerMembers, page: Member[]): ServerMembers {
  const byId = { ...members.byId }
  for (const member of page) if (!members.heard.has(member.user.id)) byId[member.user.id] = member
  return { ...members, byId }
}

/** After the last page: who was in none of them and not heard of either does not see the channel. */
export function allFetched(members: ServerMembers, channelId: Id, fetched: ReadonlySet<Id>): ServerMembers {
  const kept = Object.entries(members.byId).filter(([id]) => fetched.has(id) || members.heard.has(id))
  const viewers = { channelId, ids: fetched }
  const { doubted } = members
  return { byId: Object.fromEntries(kept), complete: !doubted, doubted, viewers, heard: new Set() }
}

/** Who is to be shown as seeing a channel. Of a private one nobody who was not among those fetched: that is not known. */
export function viewersOf(members: ServerMembers, channelId: Id, isPrivate: boolean): Member[] {
  const all = Object.values(members.byId)
  if (!isPrivate) return all
  const { viewers } = members
  if (viewers?.channelId !== channelId) return []
  return all.filter((member) => viewers.ids.has(member.user.id))
}

/** Nothing needs to be remembered while no page is on its way. */
function heardOf(members: ServerMembers, id: Id): ReadonlySet<Id> {
  return members.complete ? members.heard : new Set([...members.heard, id])
}
