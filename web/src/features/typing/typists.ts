/** Who writes where, as the gateway tells it. */
import { create } from 'zustand'
import type { Id, Message, UserSummary } from '@/api/contract'
import type { GatewayEvent } from '@/gateway/protocol'
import { useStore } from '@/state/store'

/** As long as the server says that it is to be shown. */
const shownMs = 10_000

/** By channel, in the order in which they began. */
export const useTypists = create<{ byChannel: Record<Id, UserSummary[]> }>(() => ({ byChannel: {} }))

const endings = new Map<string, ReturnType<typeof setTimeout>>()

/** Takes over what an event means for who writes. Called with every event, after the state knows of it. */
export function hearOfTyping(event: GatewayEvent): void {
  switch (event.type) {
    case 'ready':
      forgetTypists()
      break
    case 'typing.started': {
      const { channel_id, user, started_at } = event.data
      if (user.id !== useStore.getState().me?.id && !hasWrittenSince(channel_id, user.id, started_at))
        begin(channel_id, user)
      break
    }
    case 'message.created':
      end(event.data.channel_id, event.data.author.id)
      break
    case 'channel.deleted':
      for (const { id } of useTypists.getState().byChannel[event.data.id] ?? []) end(event.data.id, id)
      break
  }
}

/** Nobody writes, as far as is known. */
export function forgetTypists(): void {
  for (const timer of endings.values()) clearTimeout(timer)
  endings.clear()
  useTypists.setState({ byChannel: {} })
}

/** What was told last may come before what was told first: then they have ended already. */
function hasWrittenSince(channelId: Id, userId: Id, time: string): boolean {
  const isTheirs = ({ author }: Message) => author.id === userId
  const last = useStore.getState().messages[channelId]?.items.findLast(isTheirs)
  return last !== undefined && Date.parse(last.created_at) >= Date.parse(time)
}

function begin(channelId: Id, user: UserSummary): void {
  const key = `${channelId}/${user.id}`
  clearTimeout(endings.get(key))
  endings.set(
    key,
    setTimeout(() => end(channelId, user.id), shownMs),
  )
  change(channelId, (typists) => (typists.some(({ id }) => id === user.id) ? typists : [...typists, user]))
}

function end(channelId: Id, userId: Id): void {
  const key = `${channelId}/${userId}`
  if (!endings.has(key)) return
  clearTimeout(endings.get(key))
  endings.delete(key)
  change(channelId, (typists) => typists.filter(({ id }) => id !== userId))
}

function change(channelId: Id, changer: (typists: UserSummary[]) => UserSummary[]): void {
  useTypists.setState(({ byChannel: { [channelId]: known = [], ...others } }) => {
    const next = changer(known)
    return { byChannel: next.length > 0 ? { ...others, [channelId]: next } : others }
  })
}
