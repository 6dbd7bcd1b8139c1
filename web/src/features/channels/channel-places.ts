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

/** What to ask for so that a channel stands beside another one, or a folder beside another folder. Pure. */
export function placesBeside(
  sorted: Channel[],
  moved: Channel,
  target: Channel,
  side: 'before' | 'after',
): ChannelPlace[] {
  const parentId = target.parent_id ?? null
  const beside = (channel: Channel) => (channel.parent_id ?? null) === parentId
  const row = sorted.filter((channel) => channel.id !== moved.id && beside(channel))
  const index = row.findIndex((channel) => channel.id === target.id)
  if (index < 0) return []
  const position = side === 'before' ? index : index + 1
  const present = sorted.filter(beside).findIndex((channel) => channel.id === moved.id)
  return present === position ? [] : [{ id: moved.id, position, parent_id: parentId }]
}

/** What to ask for so that a channel goes into a folder, behind all that is in it. Pure. */
export function placesInto(sorted: Channel[], moved: Channel, folder: Channel): ChannelPlace[] {
  const inside = sorted.filter((channel) => channel.parent_id === folder.id)
  if (inside.at(-1)?.id === moved.id) return []
  const position = inside.filter((channel) => channel.id !== moved.id).length
  return [{ id: moved.id, position, parent_id: folder.id }]
}

/** At the front means before the other channels, but folders may stand before them. */
function placeIn(row: Channel[], after: Id | null): number {
  if (after !== null) return row.findIndex((channel) => channel.id === after) + 1
  return Math.max(
    row.findIndex((channel) => channel.kind !== 'folder'),
    0,
  )
}
