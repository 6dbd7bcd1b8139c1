import type { Channel, ChannelPlace, Id } from '@/api/contract'

/**
 * The places of a server's channels after one is moved into a folder (or none), behind the channel `after`, or to
 * the front of it when that is null. Only places that change are listed. Pure.
 */
export function placesAfterMove(
  sorted: Channel[],
  moved: Channel,
  parentId: Id | null,
  after: Id | null,
): ChannelPlace[] {
  const others = sorted.filter((channel) => channel.id !== moved.id)
  const order = [...others]
  const target = { ...moved, parent_id: parentId }
  order.splice(placeFor(others, parentId, after), 0, target)
  return order
    .map((channel, position) => ({ id: channel.id, position, parent_id: channel.parent_id }))
    .filter((place) => {
      const known = sorted.find((channel) => channel.id === place.id)
      return known?.position !== place.position || known.parent_id !== place.parent_id
    })
}

function placeFor(others: Channel[], parentId: Id | null, after: Id | null): number {
  if (after !== null) return others.findIndex((channel) => channel.id === after) + 1
  const first = others.findIndex((channel) => channel.parent_id === parentId && channel.kind !== 'folder')
  if (first >= 0) return first
  return parentId === null ? 0 : others.findIndex((channel) => channel.id === parentId) + 1
}
