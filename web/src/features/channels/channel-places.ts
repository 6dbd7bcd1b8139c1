import type { Channel, ChannelPlace, Id } from '@/api/contract'

/**
 * What to ask for so that a channel goes into a folder (or none), behind the channel `after`, or to the front of it
 * when that is null: its place among the channels there that one sees, from 0. Nothing when it stands there. Pure.
 */
export function placesAfterMove(
  sorted: Channel[],
  moved: Channel,
  parentId: Id | null,
  after: Id | null,
): ChannelPlace[] {
  const beside = (channel: Channel) => (channel.parent_id ?? null) === parentId
  const row = sorted.filter((channel) => channel.id !== moved.id && beside(channel))
  const position = placeIn(row, after)
  const present = sorted.filter(beside).findIndex((channel) => channel.id === moved.id)
  return present === position ? [] : [{ id: moved.id, position, parent_id: parentId }]
}

/** At the front means before the other channels, but folders may stand before them. */
function placeIn(row: Channel[], after: Id | null): number {
  if (after !== null) return row.findIndex((channel) => channel.id === after) + 1
  return Math.max(
    row.findIndex((channel) => channel.kind !== 'folder'),
    0,
  )
}
