import { answer, http } from '@/api/client'
import type { ChannelPlace, Id } from '@/api/contract'
import { receiveAnswer } from '@/state/store'

/** Puts channels and folders of a server where they are to stand. */
export async function moveChannels(serverId: Id, channels: ChannelPlace[]): Promise<void> {
  if (channels.length === 0) return
  const params = { path: { server_id: serverId } }
  const body = { channels }
  await receiveAnswer(answer(http.PATCH('/servers/{server_id}/channels', { params, body })), ({ items }) =>
    items.map((data) => ({ type: 'channel.updated', data })),
  )
}
