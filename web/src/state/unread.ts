/** What is unread in the channels that I see. */
import type { Channel, Id } from '@/api/contract'
import { allRead, type Unread, unreadIn } from './read-states'
import { type StoreState, selectChannel, selectChannels } from './store'

/** Of one channel; what is not in sight counts as read. */
export function unreadOfChannel(state: StoreState, channelId: Id): Unread {
  return selectChannel(state, channelId) ? unreadIn(state.readings[channelId]) : allRead
}

/** Of all channels in a folder. */
export function unreadOfFolder(state: StoreState, folderId: Id): Unread {
  return sum(state, (channel) => channel.parent_id === folderId)
}

export function unreadOfServer(state: StoreState, serverId: Id): Unread {
  return sum(state, (channel) => channel.server_id === serverId)
}

/** How many unread messages mention me, wherever. */
export function mentionsInAll(state: StoreState): number {
  return sum(state, () => true).mentions
}

/** The channels of a server, or of one folder of it, in which something is unread. */
export function unreadChannels(state: StoreState, serverId: Id, folderId?: Id): Channel[] {
  return selectChannels(state, serverId).filter(
    ({ id, parent_id }) =>
      (folderId === undefined || parent_id === folderId) && unreadOfChannel(state, id).unread,
  )
}

function sum(state: StoreState, isMeant: (channel: Channel) => boolean): Unread {
  let unread = false
  let mentions = 0
  for (const [channelId, reading] of Object.entries(state.readings)) {
    const channel = selectChannel(state, channelId)
    if (!channel || !isMeant(channel)) continue
    const one = unreadIn(reading)
    unread ||= one.unread
    mentions += one.mentions
  }
  return { unread, mentions }
}

/**
 * The next channel below, or above, in which something is unread; after the last of a server comes the first of the
 * next. `inOrder` gives the channels of a server as they stand below each other.
 */
export function nextUnread(
  state: StoreState,
  inOrder: (channels: Channel[]) => Channel[],
  from: { serverId: Id; channelId: Id | null },
  step: 1 | -1,
): Channel | null {
  const at = Math.max(0, state.serverOrder.indexOf(from.serverId))
  const servers = [...state.serverOrder.slice(at), ...state.serverOrder.slice(0, at)]
  const all = servers.flatMap((serverId) => inOrder(selectChannels(state, serverId)))
  const here = all.findIndex((channel) => channel.id === from.channelId)
  const after = all.slice(here + 1)
  const before = all.slice(0, Math.max(0, here))
  const round = step === 1 ? [...after, ...before] : [...after, ...before].reverse()
  return round.find((channel) => unreadOfChannel(state, channel.id).unread) ?? null
}
