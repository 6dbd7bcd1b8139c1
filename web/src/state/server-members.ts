/** Pure operations on what is known of a server's members: not all of them, but each as they are now. */
import type { Id, Member } from '@/api/contract'

export interface ServerMembers {
  byId: Record<Id, Member>
  /** How often somebody is being asked for right now. */
  asking: number
  /** Members that events told of meanwhile: the answer may be older than that. */
  heard: ReadonlySet<Id>
  /** Who was asked for and is no member. */
  absent: ReadonlySet<Id>
  /** Of whom something may have been missed. */
  stale: ReadonlySet<Id>
}

const nobody: ReadonlySet<Id> = new Set()

export function noMembers(): ServerMembers {
  return { byId: {}, asking: 0, heard: nobody, absent: nobody, stale: nobody }
}

/** With a member that an event told of. */
export function withMember(members: ServerMembers, member: Member): ServerMembers {
  const { id } = member.user
  return {
    ...members,
    byId: { ...members.byId, [id]: member },
    heard: heardOf(members, id),
    absent: less(members.absent, id),
    stale: less(members.stale, id),
  }
}

/** Without one who has left. */
export function withoutMember(members: ServerMembers, id: Id): ServerMembers {
  const { [id]: _, ...byId } = members.byId
  return { ...members, byId, heard: heardOf(members, id) }
}

/** After something may have been missed: all stay in sight, and are asked for anew. */
export function aged(members: ServerMembers): ServerMembers {
  return { ...noMembers(), byId: members.byId, stale: new Set(Object.keys(members.byId)) }
}

/** Before somebody is asked for. */
export function asking(members: ServerMembers): ServerMembers {
  return { ...members, asking: members.asking + 1 }
}

/** After the answer about these ids, or after none; what events told meanwhile is newer. */
export function answered(
  members: ServerMembers,
  about: { ids: readonly Id[]; found: readonly Member[] } | null,
): ServerMembers {
  const left = members.asking - 1
  const next = { ...members, asking: left, heard: left > 0 ? members.heard : nobody }
  if (!about) return next
  const found = new Map(about.found.map((member) => [member.user.id, member]))
  const byId = { ...members.byId }
  const absent = new Set(members.absent)
  for (const id of about.ids) {
    if (members.heard.has(id)) continue
    const member = found.get(id)
    if (member) byId[id] = member
    else {
      absent.add(id)
      delete byId[id]
    }
  }
  const stale = new Set([...members.stale].filter((id) => !about.ids.includes(id)))
  return { ...next, byId, absent, stale }
}

/** With members of a list, as far as nothing is known of them: what is known was told by events, and is newer. */
export function withListed(members: ServerMembers, listed: readonly Member[]): ServerMembers {
  const isNew = (id: Id) => (!(id in members.byId) || members.stale.has(id)) && !members.heard.has(id)
  const news = listed.filter(({ user }) => isNew(user.id))
  if (news.length === 0) return members
  const byId = { ...members.byId }
  for (const member of news) byId[member.user.id] = member
  const told = new Set(news.map(({ user }) => user.id))
  const stale = new Set([...members.stale].filter((id) => !told.has(id)))
  return { ...members, byId, stale }
}

/** Which of these ids are still to be asked for. */
export function unknownOf(members: ServerMembers | undefined, ids: readonly Id[]): Id[] {
  const isKnown = (id: Id) =>
    members && !members.stale.has(id) && (id in members.byId || members.absent.has(id))
  return ids.filter((id) => !isKnown(id))
}

function less(ids: ReadonlySet<Id>, id: Id): ReadonlySet<Id> {
  return ids.has(id) ? new Set([...ids].filter((one) => one !== id)) : ids
}

/** Nothing needs to be remembered while nobody is asked for. */
function heardOf(members: ServerMembers, id: Id): ReadonlySet<Id> {
  return members.asking > 0 ? new Set([...members.heard, id]) : members.heard
}
