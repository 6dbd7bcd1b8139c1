import type { Id } from '@/api/contract'
import { mayIn, type StoreState } from '@/state/store'

/** The pages of a server's settings. */
export type ServerSettingsPage =
  | 'overview'
  | 'roles'
  | 'members'
  | 'invitations'
  | 'bans'
  | 'audit-log'
  | 'danger'

const memberRights = [
  'manage_roles',
  'manage_nicknames',
  'kick_members',
  'ban_members',
  'time_out_members',
] as const

/** The pages that I may see, in order; not stable. */
export function settingsPages(state: StoreState, serverId: Id): ServerSettingsPage[] {
  const server = state.servers[serverId]
  if (!server) return []
  const may = (page: ServerSettingsPage, ...rights: Parameters<typeof mayIn>[2][]) =>
    rights.some((right) => mayIn(state, serverId, right)) ? [page] : []
  return [
    ...may('overview', 'manage_server'),
    ...may('roles', 'manage_roles'),
    ...may('members', ...memberRights),
    ...may('invitations', 'manage_invitations'),
    ...may('bans', 'ban_members'),
    ...may('audit-log', 'view_audit_log'),
    ...(server.owner_id === state.me?.id ? (['danger'] as const) : []),
  ]
}
