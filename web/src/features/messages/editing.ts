import { answer, http } from '@/api/client'
import type { Id, Message } from '@/api/contract'
import { changeLog } from '@/state/apply-event'
import { withChangedMessage, withoutMessage } from '@/state/message-log'
import { useStore } from '@/state/store'

/** Changes the text of one's own message (M2). */
export async function editMessage(message: Message, content: string): Promise<void> {
  const path = '/servers/{server_id}/channels/{channel_id}/messages/{message_id}'
  const changed = await answer(http.PATCH(path, { params: paramsOf(message), body: { content } }))
  apply(message.channel_id, (log) => withChangedMessage(log, changed))
}

/** Deletes a message (M3). */
export async function deleteMessage(message: Message): Promise<void> {
  const path = '/servers/{server_id}/channels/{channel_id}/messages/{message_id}'
  await answer(http.DELETE(path, { params: paramsOf(message) }))
  apply(message.channel_id, (log) => withoutMessage(log, message.id, message.seq))
}

function paramsOf(message: Message) {
  return {
    path: { server_id: message.server_id, channel_id: message.channel_id, message_id: message.id },
  }
}

function apply(channelId: Id, change: Parameters<typeof changeLog>[2]): void {
  useStore.setState((state) => changeLog(state, channelId, change))
}
