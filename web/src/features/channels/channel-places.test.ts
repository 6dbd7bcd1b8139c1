import { describe, expect, it } from 'vitest'
import type { Channel, ChannelKind } from '@/api/contract'
import { placesAfterMove } from './channel-places'
import { channelTree } from './channel-tree'

function channel(
  id: string,
  position: number,
  parent_id: string | null = null,
  kind: ChannelKind = 'text',
): Channel {
  return { id, server_id: '1', kind, name: id, topic: null, parent_id, position, created_at: '' }
}

const channels = [
  channel('a', 0),
  channel('b', 1),
  channel('box', 2, null, 'folder'),
  channel('c', 3, 'box'),
  channel('d', 4, 'box'),
]

function treeAfter(...move: [string, string | null, string | null]) {
  const [id, parent, after] = move
  const moved = channels.find((candidate) => candidate.id === id)
  if (!moved) throw new Error(id)
  const places = new Map(placesAfterMove(channels, moved, parent, after).map((place) => [place.id, place]))
  const next = channels
    .map((candidate) => ({ ...candidate, ...places.get(candidate.id) }))
    .sort((left, right) => left.position - right.position)
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

  it('says nothing of places that stay', () => {
    const [a] = channels
    if (!a) throw new Error()
    expect(
      placesAfterMove(channels, a, null, 'b')
        .map((place) => place.id)
        .sort(),
    ).toEqual(['a', 'b'])
    expect(placesAfterMove(channels, a, null, null)).toEqual([])
  })
})
