import { create } from 'zustand'
import type { Id, Member, UserSummary } from '@/api/contract'

/** What can be done about somebody. */
export type ModerationAct = 'roles' | 'nickname' | 'time-out' | 'end-time-out' | 'kick' | 'ban'

/** Whom something is to be done about. */
export interface Moderated {
  serverId: Id
  user: UserSummary
  /** Unknown for somebody who wrote and has left, or was not met yet. */
  member: Member | undefined
}

/** What is being asked, over everything. */
export const useModerating = create<{ wish: { act: ModerationAct; about: Moderated } | null }>(() => ({
  wish: null,
}))

export function moderate(act: ModerationAct, about: Moderated): void {
  useModerating.setState({ wish: { act, about } })
}

export function endModerating(): void {
  useModerating.setState({ wish: null })
}
