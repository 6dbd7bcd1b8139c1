import { create } from 'zustand'
import type { Id, Message } from '@/api/contract'
import { heldMessage } from '@/state/message-changes'
import { useStore } from '@/state/store'
import { focusComposer } from '../composer-focus'
import { draftIn } from '../drafts/drafts'
import { keepDraft } from '../drafts/keeping'
import { readMessage } from './original'

/** Which message the next one answers, by channel. */
export const useReplying = create<{ byChannel: Record<Id, Message> }>(() => ({ byChannel: {} }))

export function startReply(message: Message): void {
  put(message)
  keepDraft(message.server_id, message.channel_id, { replyTo: message.id })
  // The menu that was chosen from gives the focus back first.
  requestAnimationFrame(() => requestAnimationFrame(focusComposer))
}

export function stopReply(channelId: Id): void {
  const answered = useReplying.getState().byChannel[channelId]
  if (!answered) return
  remove(channelId)
  keepDraft(answered.server_id, channelId, { replyTo: null })
}

/** What was chosen to be answered on another device, or before the page was loaded again. */
export async function restoreReply(serverId: Id, channelId: Id, messageId: Id | null): Promise<void> {
  if (!messageId) return remove(channelId)
  const loaded = heldMessage(useStore.getState().messages[channelId], messageId)
  const message = loaded ?? (await readMessage(serverId, channelId, messageId))
  // Meanwhile another may have been chosen, or none.
  if (draftIn(channelId).replyTo !== messageId) return
  if (message) put(message)
  else keepDraft(serverId, channelId, { replyTo: null })
}

function put(message: Message): void {
  useReplying.setState(({ byChannel }) => ({ byChannel: { ...byChannel, [message.channel_id]: message } }))
}

function remove(channelId: Id): void {
  useReplying.setState(({ byChannel: { [channelId]: _, ...byChannel } }) => ({ byChannel }))
}

// What one user was about to answer is nothing to the next.
useStore.subscribe((state, before) => {
  if (state.me?.id !== before.me?.id) useReplying.setState({ byChannel: {} })
})
