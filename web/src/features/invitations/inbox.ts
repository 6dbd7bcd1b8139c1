import { create } from 'zustand'
import { answer, http } from '@/api/client'
import type { Id, Invitation } from '@/api/contract'
import type { GatewayEvent } from '@/gateway/protocol'
import { receive, useStore } from '@/state/store'

interface Inbox {
  /** What I am invited to by name, the newest first. */
  received: Invitation[]
  /** How often something happened to invitations that I may see in a list. */
  changes: number
}

/** Invitations: those that wait for my answer, and when lists of others are out of date. */
export const useInbox = create<Inbox>(() => ({ received: [], changes: 0 }))

/** Takes over what an event means for invitations. */
export function hearOfInvitations(event: GatewayEvent): void {
  switch (event.type) {
    case 'ready':
      useInbox.setState({ received: [] })
      void fetchReceived()
      break
    case 'invitation.received':
      change((received) => [event.data, ...withoutCode(received, event.data.code)])
      break
    case 'invitation.revoked':
    case 'invitation.declined':
      change((received) => withoutCode(received, event.data.code))
      break
    case 'invitation.accepted':
      change((received) => received)
      break
    case 'server.created':
      change((received) => received.filter(({ server }) => server.id !== event.data.id))
      break
  }
}

/** Forgets everything, because somebody else may come. */
export function forgetInvitations(): void {
  useInbox.setState({ received: [], changes: 0 })
}

/** Becomes a member, and answers where. */
export async function acceptInvitation(code: string): Promise<Id> {
  const data = await answer(http.POST('/invitations/{code}/accept', { params: { path: { code } } }))
  receive({ type: 'server.created', data })
  hearOfInvitations({ type: 'server.created', data })
  return data.id
}

/** Says no. */
export async function declineInvitation(code: string): Promise<void> {
  await answer(http.POST('/invitations/{code}/decline', { params: { path: { code } } }))
  change((received) => withoutCode(received, code))
}

async function fetchReceived(): Promise<void> {
  const asker = useStore.getState().me?.id
  const before = useInbox.getState().changes
  const page = await answer(http.GET('/users/@me/invitations')).catch(() => null)
  if (!page || useStore.getState().me?.id !== asker) return
  // What was heard meanwhile may be newer than the answer.
  if (useInbox.getState().changes !== before) return fetchReceived()
  useInbox.setState({ received: page.items })
}

function change(next: (received: Invitation[]) => Invitation[]): void {
  useInbox.setState(({ received, changes }) => ({ received: next(received), changes: changes + 1 }))
}

function withoutCode(received: Invitation[], code: string): Invitation[] {
  return received.filter((invitation) => invitation.code !== code)
}
