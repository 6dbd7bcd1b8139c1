/** What is asked of the server about files. */
import { answer, http } from '@/api/client'
import type { Attachment, Id, Message } from '@/api/contract'
import { changeLog } from '@/state/apply-event'
import { withChangedMessage } from '@/state/message-log'
import { useStore } from '@/state/store'
import type { FileLimits } from './checking'

interface Place {
  serverId: Id
  channelId: Id
}

/** Where files for messages of a channel are uploaded to. */
export function uploadAddress({ serverId, channelId }: Place): string {
  return new URL(`/api/v1/servers/${serverId}/channels/${channelId}/attachments`, location.origin).href
}

const attachmentPath = '/servers/{server_id}/channels/{channel_id}/attachments/{attachment_id}'
const sentPath =
  '/servers/{server_id}/channels/{channel_id}/messages/{message_id}/attachments/{attachment_id}'

/** A finished upload. */
export async function fetchAttachment({ serverId, channelId }: Place, id: Id): Promise<Attachment> {
  const path = { server_id: serverId, channel_id: channelId, attachment_id: id }
  return answer(http.GET(attachmentPath, { params: { path } }))
}

/** Gives up an upload, or one that is not sent yet. */
export async function discardAttachment({ serverId, channelId }: Place, id: Id): Promise<void> {
  const path = { server_id: serverId, channel_id: channelId, attachment_id: id }
  await answer(http.DELETE(attachmentPath, { params: { path } }))
}

/** Takes one file off one's own message. */
export async function takeOff(message: Message, id: Id): Promise<void> {
  const path = {
    server_id: message.server_id,
    channel_id: message.channel_id,
    message_id: message.id,
    attachment_id: id,
  }
  await answer(http.DELETE(sentPath, { params: { path } }))
  useStore.setState((state) =>
    changeLog(state, message.channel_id, (log) => {
      const known = log.items.find((item) => item.id === message.id)
      if (!known) return log
      const attachments = known.attachments.filter((one) => one.id !== id)
      return withChangedMessage(log, { ...known, attachments })
    }),
  )
}

/** What the instance takes. */
export async function fetchLimits(): Promise<FileLimits> {
  const { limits } = await answer(http.GET('/instance'))
  return { bytes: limits.attachment_bytes, count: limits.attachments_per_message }
}
