import { describe, expect, it } from 'vitest'
import type { Channel, ChannelKind } from '@/api/contract'
import { channelsInOrder, channelTree } from './channel-tree'

function channel(id: string, kind: ChannelKind, parent_id: string | null = null): Channel {
  return {
    id,
    server_id: '1',
    kind,
    name: id,
    topic: null,
    parent_id,
    position: 0,
    private: false,
    slow_mode_seconds: 0,
    created_at: '',
  }
}

describe('the tree of channels', () => {
  const channels = [
    channel('general', 'text'),
    channel('work', 'folder'),
    channel('plans', 'text', 'work'),
    channel('lounge', 'voice'),
    channel('lost', 'text', 'gone'),
  ]

  it('puts channels without a folder first, then folders with theirs', () => {
    const shape = channelTree(channels).map((group) => [
      group.folder?.id ?? null,
      group.channels.map((c) => c.id),
    ])
    expect(shape).toEqual([
      [null, ['general', 'lounge', 'lost']],
      ['work', ['plans']],
    ])
  })

  it('orders as it is shown', () => {
    expect(channelsInOrder(channels).map((c) => c.id)).toEqual(['general', 'lounge', 'lost', 'plans'])
  })
})
