import { useLingui } from '@lingui/react/macro'
import { Ban, Clock, Pencil, ShieldHalf, TimerOff, UserX } from 'lucide-react'
import type { Id, Member, UserSummary } from '@/api/contract'
import type { MenuAction } from '@/design/Menu'
import { isErased } from '@/features/members/member-names'
import { allows, mayActOn, rankOf, type Standing, standingIn } from '@/features/roles/hierarchy'
import { type StoreState, selectRoles, useStore } from '@/state/store'
import { type ModerationAct, moderate } from './moderating'

/** What I may do about somebody, from what is known of both; the server decides. Pure. */
export function moderationActs(
  state: StoreState,
  serverId: Id,
  userId: Id,
  member: Member | undefined,
): ModerationAct[] {
  const server = state.servers[serverId]
  if (!server) return []
  const standing = standingIn(state, serverId)
  if (userId === standing.userId) return ownActs(standing)
  if (server.owner_id === userId) return []
  if (member && !mayActOn(standing, rankOf(server, selectRoles(state, serverId), member))) return []
  const timedOut = member?.timeout_until && Date.parse(member.timeout_until) > Date.now()
  const acts: [ModerationAct, boolean][] = [
    ['roles', member !== undefined && allows(standing, 'manage_roles')],
    ['nickname', member !== undefined && allows(standing, 'manage_nicknames')],
    [timedOut ? 'end-time-out' : 'time-out', allows(standing, 'time_out_members')],
    ['kick', allows(standing, 'kick_members')],
    ['ban', allows(standing, 'ban_members')],
  ]
  return acts.filter(([, may]) => may).map(([act]) => act)
}

function ownActs(standing: Standing): ModerationAct[] {
  return [
    ...(allows(standing, 'manage_roles') ? (['roles'] as const) : []),
    ...(allows(standing, 'change_nickname') ? (['nickname'] as const) : []),
  ]
}

/** The entries of a menu for what I may do about somebody. */
export function useModerationMenu(
  serverId: Id,
  user: UserSummary,
  member: Member | undefined,
): MenuAction[][] {
  const { t } = useLingui()
  const mine = useStore((state) => state.me?.id === user.id)
  const acts = useStore((state) =>
    isErased(user) ? '' : moderationActs(state, serverId, user.id, member).join(' '),
  )
  const entries: Record<ModerationAct, Pick<MenuAction, 'label' | 'icon' | 'danger'>> = {
    roles: { label: t`Roles`, icon: <ShieldHalf size={16} /> },
    nickname: { label: mine ? t`Change my nickname` : t`Change nickname`, icon: <Pencil size={16} /> },
    'time-out': { label: t`Time-out`, icon: <Clock size={16} /> },
    'end-time-out': { label: t`End the time-out`, icon: <TimerOff size={16} /> },
    kick: { label: t`Remove from the server`, icon: <UserX size={16} />, danger: true },
    ban: { label: t`Ban`, icon: <Ban size={16} />, danger: true },
  }
  const groups: ModerationAct[][] = [
    ['roles', 'nickname'],
    ['time-out', 'end-time-out', 'kick', 'ban'],
  ]
  const may = acts.split(' ')
  return groups
    .map((group) =>
      group
        .filter((act) => may.includes(act))
        .map((act) => ({
          id: act,
          ...entries[act],
          onAction: () => moderate(act, { serverId, user, member }),
        })),
    )
    .filter((group) => group.length > 0)
}
