import type { Id } from '@/api/contract'
import { nameOf } from '@/features/members/member-names'
import { type StoreState, selectChannel } from '@/state/store'
import type { Mention } from './syntax'

/** By what a mention is called today; what was typed when there is no such thing, or it may not be seen. */
export function mentionName(state: StoreState, serverId: Id, { kind, id, value }: Mention): string {
  if (id === null) return value
  const member = kind === 'user' && state.members[serverId]?.byId[id]
  if (member) return `@${nameOf(member)}`
  const role = kind === 'role' && state.roles[id]
  if (role && role.server_id === serverId) return `@${role.name}`
  const channel = kind === 'channel' && selectChannel(state, id)
  return channel ? `#${channel.name}` : value
}
