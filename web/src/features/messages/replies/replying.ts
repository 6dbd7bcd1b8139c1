import { create } from 'zustand'
import type { Id, Message } from '@/api/contract'
import { useStore } from '@/state/store'
import { focusComposer } from '../composer-focus'

/** Which message the next one answers, by channel. */
export const useReplying = create<{ byChannel: Record<Id, Message> }>(() => ({ byChannel: {} }))

export function startReply(message: Message): void {
  useReplying.setState(({ byChannel }) => ({ byChannel: { ...byChannel, [message.channel_id]: message } }))
  // The menu that was chosen from gives the focus back first.
  requestAnimationFrame(() => requestAnimationFrame(focusComposer))
}

export function stopReply(channelId: Id): void {
  useReplying.setState(({ byChannel: { [channelId]: _, ...byChannel } }) => ({ byChannel }))
}

// What one user was about to answer is nothing to the next.
useStore.subscribe((state, before) => {
  if (state.me?.id !== before.me?.id) useReplying.setState({ byChannel: {} })
})
