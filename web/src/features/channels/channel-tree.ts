import type { Channel, Id } from '@/api/contract'

/** A folder with what is in it; `folder` is null for the channels that are in none. */
export interface ChannelGroup {
  folder: Channel | null
  channels: Channel[]
}

/** The channels as they stand below each other: first those in no folder, then each folder. Pure. */
export function channelTree(sorted: Channel[]): ChannelGroup[] {
  const folders = sorted.filter((channel) => channel.kind === 'folder')
  const known = new Set(folders.map((folder) => folder.id))
  const inside = (parent: Id | null) =>
    sorted.filter((channel) => channel.kind !== 'folder' && home(channel, known) === parent)
  const loose: ChannelGroup = { folder: null, channels: inside(null) }
  return [loose, ...folders.map((folder) => ({ folder, channels: inside(folder.id) }))]
}

/** The order of channels by the tree, for going from one to the next. */
export function channelsInOrder(sorted: Channel[]): Channel[] {
  return channelTree(sorted).flatMap((group) => group.channels)
}

/** A channel whose folder is unknown stands among those without. */
function home(channel: Channel, folders: Set<Id>): Id | null {
  return channel.parent_id && folders.has(channel.parent_id) ? channel.parent_id : null
}
