import { describe, expect, it } from 'vitest'
import type { Channel, ChannelKind } from '@/api/contract'
import { sampleChannel } from '@/testing/samples'
import { placesAfterMove } from './channel-places'
import { channelTree } from './channel-tree'

function channel(
  id: string,
  position: number,
  parent_id: string | null = null,
  kind: ChannelKind = 'text',
): Channel {
  return sampleChannel(id, '1', { kind, parent_id, position })
}

const channels = [
  channel('a', 12),
  channel('b', 40),
  channel('box', 41, null, 'folder'),
  channel('c', 7, 'box'),
  channel('d', 9, 'box'),
]

/** What the server makes of it: the moved channel leaves its row and enters another at the place asked for. */
function treeAfter(...move: [string, string | null, string | null]) {
  const [id, parent, after] = move
  const moved = channels.find((candidate) => candidate.id === id)
  if (!moved) throw new Error(id)
  const next = placesAfterMove(channels, moved, parent, after).reduce((all, place) => {
    const others = all.filter((channel) => channel.id !== place.id)
    const row = others.filter((channel) => channel.parent_id === (place.parent_id ?? null))
    row.splice(place.position, 0, { ...moved, parent_id: place.parent_id ?? null })
    return [...others.filter((channel) => !row.includes(channel)), ...row]
  }, channels)
  return channelTree(next).map((group) => group.channels.map((candidate) => candidate.id))
}

describe('moving a channel', () => {
  it('puts it behind another', () =>
    expect(treeAfter('a', null, 'b')).toEqual([
      ['b', 'a'],
      ['c', 'd'],
    ]))

  it('puts it to the front', () =>
    expect(treeAfter('b', null, null)).toEqual([
      ['b', 'a'],
      ['c', 'd'],
    ]))

  it('puts it into a folder', () => expect(treeAfter('a', 'box', 'c')).toEqual([['b'], ['c', 'a', 'd']]))

  it('takes it out of a folder', () => expect(treeAfter('d', null, null)).toEqual([['d', 'a', 'b'], ['c']]))

  it('asks for the one that moves and for nothing else', () => {
    const [a] = channels
    if (!a) throw new Error()
    expect(placesAfterMove(channels, a, null, 'b')).toEqual([{ id: 'a', position: 1, parent_id: null }])
    expect(placesAfterMove(channels, a, null, null)).toEqual([])
    expect(placesAfterMove(channels, a, 'box', 'd')).toEqual([{ id: 'a', position: 2, parent_id: 'box' }])
  })
})
