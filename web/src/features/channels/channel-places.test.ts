import { describe, expect, it } from 'vitest'
import type { Channel, ChannelKind, ChannelPlace } from '@/api/contract'
import { sampleChannel } from '@/testing/samples'
import { placesAfterMove, placesBeside, placesInto } from './channel-places'
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

function named(id: string): Channel {
  const channel = channels.find((candidate) => candidate.id === id)
  if (!channel) throw new Error(id)
  return channel
}

function treeAfter(id: string, parent: string | null, after: string | null) {
  return treeWith(named(id), placesAfterMove(channels, named(id), parent, after))
}

/** What the server makes of it: the moved channel leaves its row and enters another at the place asked for. */
function treeWith(moved: Channel, places: ChannelPlace[]) {
  const next = places.reduce((all, place) => {
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
    const a = named('a')
    expect(placesAfterMove(channels, a, null, 'b')).toEqual([{ id: 'a', position: 1, parent_id: null }])
    expect(placesAfterMove(channels, a, null, null)).toEqual([])
    expect(placesAfterMove(channels, a, 'box', 'd')).toEqual([{ id: 'a', position: 2, parent_id: 'box' }])
  })
})

describe('dropping a channel', () => {
  const drop = (id: string, target: string, side: 'before' | 'after') =>
    placesBeside(channels, named(id), named(target), side)

  it('puts it before or after another, also into its folder', () => {
    expect(treeWith(named('a'), drop('a', 'd', 'before'))).toEqual([['b'], ['c', 'a', 'd']])
    expect(treeWith(named('d'), drop('d', 'a', 'after'))).toEqual([['a', 'd', 'b'], ['c']])
  })

  it('where it stands asks for nothing', () => {
    expect(drop('a', 'b', 'before')).toEqual([])
    expect(drop('c', 'd', 'before')).toEqual([])
    expect(drop('a', 'a', 'after')).toEqual([])
  })

  it('on a folder puts it behind what is in there', () => {
    expect(treeWith(named('a'), placesInto(channels, named('a'), named('box')))).toEqual([
      ['b'],
      ['c', 'd', 'a'],
    ])
    expect(placesInto(channels, named('d'), named('box'))).toEqual([])
  })

  it('puts a folder before another', () => {
    const bag = channel('bag', 60, null, 'folder')
    const box = named('box')
    expect(placesBeside([...channels, bag], bag, box, 'before')).toEqual([
      { id: 'bag', position: 2, parent_id: null },
    ])
    expect(placesBeside([...channels, bag], box, bag, 'after')).toEqual([
      { id: 'box', position: 3, parent_id: null },
    ])
  })
})
