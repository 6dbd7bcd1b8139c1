import { t } from '@lingui/core/macro'
import type { CSSProperties } from 'react'
import type { Id, Member, UserSummary } from '@/api/contract'
import { nameStyle } from '@/features/roles/role-color'
import { type StoreState, useStore } from '@/state/store'

/** The colour of somebody's name in a server: that of their highest role that has one. */
function colorOf(state: StoreState, serverId: Id, userId: Id): string | null {
  let highest = -1
  let color: string | null = null
  for (const id of state.members[serverId]?.byId[userId]?.role_ids ?? []) {
    const role = state.roles[id]
    if (!role?.color || role.position <= highest) continue
    highest = role.position
    color = role.color
  }
  return color
}

/** Whether somebody's account was erased: what they wrote has stayed. */
export function isErased({ id, username }: UserSummary): boolean {
  return username === `_deleted-${id}`
}

/** What somebody is called wherever they are. Whose account was erased is called so in the reader's language. */
export function accountName(user: UserSummary): string {
  return isErased(user) ? t`Deleted user` : user.display_name
}

/** How a member is called in this server. */
export function nameOf(member: Member): string {
  return member.nickname ?? accountName(member.user)
}

/** The style of somebody's name in a server; goes with `color: var(--name-color, …)`. */
export function useNameStyle(serverId: Id, userId: Id): CSSProperties | undefined {
  return nameStyle(useStore((state) => colorOf(state, serverId, userId)))
}

/** What somebody is called in a server, as far as they are known there. */
export function useNameIn(serverId: Id, user: UserSummary): string {
  return useStore((state) => state.members[serverId]?.byId[user.id]?.nickname) ?? accountName(user)
}
