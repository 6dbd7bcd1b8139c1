import { answer, http } from '@/api/client'
import type { Member } from '@/api/contract'
import { receive, receiveAnswer } from '@/state/store'
import type { Moderated } from '../moderating'

function pathOf({ serverId, user }: Moderated) {
  return { server_id: serverId, user_id: user.id }
}

function memberUpdated(data: Member): Parameters<typeof receive>[0][] {
  return [{ type: 'member.updated', data }]
}

/** Nickname and time-out are changed, or taken away by null; the reason goes into the audit log. */
export async function changeMember(
  about: Moderated,
  body: { nickname?: string | null; timeout_until?: string | null; reason?: string },
): Promise<void> {
  const params = { path: pathOf(about) }
  await receiveAnswer(
    answer(http.PATCH('/servers/{server_id}/members/{user_id}', { params, body })),
    memberUpdated,
  )
}

export async function kick(about: Moderated, reason: string): Promise<void> {
  const params = { path: pathOf(about), query: reason ? { reason } : {} }
  await answer(http.DELETE('/servers/{server_id}/members/{user_id}', { params }))
  left(about)
}

export async function ban(about: Moderated, reason: string, deleteSeconds: number): Promise<void> {
  const params = { path: pathOf(about) }
  const body = { ...(reason ? { reason } : {}), delete_messages_seconds: deleteSeconds }
  await answer(http.PUT('/servers/{server_id}/bans/{user_id}', { params, body }))
  left(about)
}

function left({ serverId, user }: Moderated): void {
  receive({ type: 'member.left', data: { server_id: serverId, user_id: user.id } })
}
