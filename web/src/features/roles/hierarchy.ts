import type { Id, Member, Permission, Role, Server } from '@/api/contract'
import { type StoreState, selectRoles, useStore, viewOf } from '@/state/store'

/** Where somebody stands in a server, and what they may do in it as a whole: the same rules as in `model::hierarchy`. */
export interface Standing {
  userId: Id | null
  /** The highest position of a role held; above every role for the owner. */
  rank: number
  /** Everything, for the owner and administrators. */
  permissions: ReadonlySet<Permission> | 'all'
}

/** How high a member stands; `everyone` at 0, the owner above every role. Pure. */
export function rankOf(server: Server, roles: Role[], member: Pick<Member, 'user' | 'role_ids'>): number {
  if (server.owner_id === member.user.id) return Number.POSITIVE_INFINITY
  const held = roles.filter((role) => member.role_ids.includes(role.id))
  return held.reduce((highest, role) => Math.max(highest, role.position), 0)
}

/** Whether somebody may do something in the server as a whole. */
export function allows(standing: Standing, permission: Permission): boolean {
  return standing.permissions === 'all' || standing.permissions.has(permission)
}

/** Whether somebody may change what stands at `target`: only what stands strictly below. */
export function mayActOn(standing: Standing, target: number): boolean {
  return target < standing.rank
}

/** Whether somebody may hand on, or take away, all of these. */
export function mayGrant(standing: Standing, permissions: Permission[]): boolean {
  return permissions.every((permission) => allows(standing, permission))
}

/** Whether somebody may give a member roles, or take them away: members who stand below, and oneself. */
export function mayChangeRolesOf(standing: Standing, server: Server, roles: Role[], member: Member): boolean {
  if (!allows(standing, 'manage_roles')) return false
  return member.user.id === standing.userId || mayActOn(standing, rankOf(server, roles, member))
}

/** Where I stand in a server, from what I know. */
export function standingIn(state: StoreState, serverId: Id): Standing {
  const server = state.servers[serverId]
  const userId = state.me?.id ?? null
  const view = viewOf(state, serverId)
  if (view) {
    const rank = state.roles[view.roleId]?.position ?? 0
    return { userId, rank, permissions: permissionsOf(view.permissions) }
  }
  const me = userId ? state.members[serverId]?.byId[userId] : undefined
  const mine = state.permissions[serverId] ?? []
  const owner = server !== undefined && server.owner_id === userId
  const rank = server && me ? rankOf(server, selectRoles(state, serverId), me) : 0
  return {
    userId,
    rank: owner ? Number.POSITIVE_INFINITY : rank,
    permissions: owner ? 'all' : permissionsOf(mine),
  }
}

function permissionsOf(names: Permission[]): Standing['permissions'] {
  return names.includes('administrator') ? 'all' : new Set(names)
}

/** Where I stand in a server, now. */
export function useStanding(serverId: Id): Standing {
  // Everything that it is made of is compared; the standing itself is new each time.
  useStore((state) => state.servers[serverId]?.owner_id)
  useStore((state) => state.permissions[serverId])
  useStore((state) => state.members[serverId]?.byId[state.me?.id ?? '']?.role_ids)
  useStore((state) => state.roles)
  useStore((state) => state.viewedAs)
  return standingIn(useStore.getState(), serverId)
}
