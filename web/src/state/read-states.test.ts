import { beforeEach, describe, expect, it } from 'vitest'
import type { Message, ReadState } from '@/api/contract'
import type { GatewayEvent } from '@/gateway/protocol'
import { sampleChannel, sampleMe, sampleMember, sampleMessage, sampleServer } from '@/testing/samples'
import { unreadIn } from './read-states'
import { receive, resetStore, useStore } from './store'
import {
  mentionsInAll,
  nextUnread,
  unreadChannels,
  unreadOfChannel,
  unreadOfFolder,
  unreadOfServer,
} from './unread'

const me = '1'

function told(channel: string, last: number, read: number, mentions = 0): ReadState {
  return {
    server_id: 's',
    channel_id: channel,
    last_seq: last,
    last_read_seq: read,
    last_read_id: null,
    mention_count: mentions,
  }
}

function sent(channel: string, seq: number, changes: Partial<Message> = {}): GatewayEvent {
  const message = sampleMessage(seq, { channel_id: channel, id: `${channel}${seq}`, ...changes })
  return { type: 'message.created', data: message }
}

const naming = (changes: Partial<Message['mentions']>): Partial<Message> => ({
  mentions: { user_ids: [], role_ids: [], channel_ids: [], everyone: false, tokens: [], ...changes },
})
const namingMe = naming({ user_ids: [me] })
const read = (state: ReadState): GatewayEvent => ({ type: 'read_state.updated', data: state })

function ready(read_states: ReadState[] | null): GatewayEvent {
  const channels = [
    sampleChannel('f', 's', { kind: 'folder', position: 1 }),
    sampleChannel('a', 's', { position: 2 }),
    sampleChannel('b', 's', { position: 3, parent_id: 'f' }),
    sampleChannel('c', 's', { position: 4, parent_id: 'f' }),
  ]
  const rest = { roles: [], permissions: [], channel_permissions: {} }
  return {
    type: 'ready',
    data: {
      session_id: 'x',
      user: sampleMe(me),
      settings: { language: 'en', theme: 'system', density: 'cosy' },
      servers: [
        { ...sampleServer('s'), ...rest, channels, me: sampleMember(me, 's', { role_ids: ['r'] }) },
        { ...sampleServer('o'), ...rest, channels: [sampleChannel('z', 'o')], me: sampleMember(me, 'o') },
      ],
      presences: [],
      read_states,
    },
  }
}

const of = (channel: string) => unreadOfChannel(useStore.getState(), channel)
const reading = (channel: string) => useStore.getState().readings[channel]

beforeEach(() => {
  resetStore('yes', sampleMe(me))
  receive(ready([told('a', 5, 5), told('b', 9, 4, 2), told('c', 3, 2)]))
})

describe('what is unread', () => {
  it('is what the server says at first', () => {
    expect(of('a')).toEqual({ unread: false, mentions: 0 })
    expect(of('b')).toEqual({ unread: true, mentions: 2 })
    expect(of('c')).toEqual({ unread: true, mentions: 0 })
    expect(of('unheard of')).toEqual({ unread: false, mentions: 0 })
  })

  it('grows with messages of others, and with mentions when they name me, a role of mine or everyone', () => {
    receive(sent('a', 6))
    expect(of('a')).toEqual({ unread: true, mentions: 0 })
    receive(sent('a', 7, namingMe))
    receive(sent('a', 8, naming({ role_ids: ['r'] })))
    receive(sent('a', 9, naming({ everyone: true })))
    receive(sent('a', 10, naming({ user_ids: ['2'], role_ids: ['q'] })))
    expect(of('a')).toEqual({ unread: true, mentions: 3 })
  })

  it('does not grow twice by the same message', () => {
    for (const _ of [1, 2]) receive(sent('a', 6, namingMe))
    expect(of('a').mentions).toBe(1)
  })

  it('does not grow by what I write, even if I name myself', () => {
    const author = { ...sampleMessage(1).author, id: me }
    receive(sent('a', 6, { ...namingMe, author }))
    expect(of('a')).toEqual({ unread: false, mentions: 0 })
    receive(sent('c', 4, { ...namingMe, author }))
    expect(of('c')).toEqual({ unread: true, mentions: 0 })
  })

  it('begins with the first message that is heard of in a channel that nothing was known of', () => {
    receive(sent('z', 41, { server_id: 'o' }))
    expect(of('z')).toEqual({ unread: true, mentions: 0 })
    expect(reading('z')?.readSeq).toBe(40)
  })

  it('ends with what is deleted, in whatever order', () => {
    receive({ ...deleted('b', 9) })
    for (const seq of [6, 5, 8]) receive(deleted('b', seq))
    expect(of('b')).toEqual({ unread: true, mentions: 2 })
    receive(deleted('b', 7))
    expect(of('b')).toEqual({ unread: false, mentions: 0 })
  })

  it('is summed up over what I see', () => {
    const state = useStore.getState()
    expect(unreadOfFolder(state, 'f')).toEqual({ unread: true, mentions: 2 })
    expect(unreadOfServer(state, 's')).toEqual({ unread: true, mentions: 2 })
    expect(unreadOfServer(state, 'o')).toEqual({ unread: false, mentions: 0 })
    expect(mentionsInAll(state)).toBe(2)
    expect(unreadChannels(state, 's').map(({ id }) => id)).toEqual(['b', 'c'])
    receive({ type: 'channel.deleted', data: { id: 'b', server_id: 's' } })
    expect(unreadOfServer(useStore.getState(), 's')).toEqual({ unread: true, mentions: 0 })
    expect(mentionsInAll(useStore.getState())).toBe(0)
  })
})

describe('what was read', () => {
  it('stays so, whatever older news say', () => {
    receive(read(told('b', 9, 9)))
    for (const old of [told('b', 9, 4, 2), told('b', 7, 6, 1)]) {
      receive(read(old))
      expect(of('b')).toEqual({ unread: false, mentions: 0 })
    }
    receive(ready([told('b', 9, 4, 2)]))
    expect(of('b')).toEqual({ unread: false, mentions: 0 })
  })

  it('is counted by the latest count', () => {
    receive(read(told('b', 12, 4, 5)))
    receive(read(told('b', 9, 4, 2)))
    expect(of('b').mentions).toBe(5)
  })

  it('is not forgotten when the gateway could not say', () => {
    receive(read(told('b', 9, 9)))
    receive(ready(null))
    expect(of('b').unread).toBe(false)
    expect(of('c').unread).toBe(true)
  })

  it('leaves unread what came after the server counted', () => {
    receive(sent('b', 10, namingMe))
    receive(sent('b', 11, namingMe))
    receive(read(told('b', 10, 9, 1)))
    expect(of('b')).toEqual({ unread: true, mentions: 2 })
    receive(read(told('b', 10, 10)))
    expect(of('b')).toEqual({ unread: true, mentions: 1 })
    expect(unreadIn(reading('b'))).toEqual(of('b'))
  })
})

describe('the next unread channel', () => {
  const next = (channelId: string | null, step: 1 | -1) =>
    nextUnread(useStore.getState(), (channels) => channels, { serverId: 's', channelId }, step)?.id

  it('is below or above, and goes round', () => {
    expect(next('a', 1)).toBe('b')
    expect(next('b', 1)).toBe('c')
    expect(next('c', 1)).toBe('b')
    expect(next('c', -1)).toBe('b')
    expect(next('b', -1)).toBe('c')
    expect(next(null, 1)).toBe('b')
    receive(sent('a', 6))
    expect(next('c', -1)).toBe('b')
    expect(next('c', 1)).toBe('a')
  })

  it('is in another server when there is none left here, and never the open one', () => {
    for (const channel of ['b', 'c']) receive(read(told(channel, 9, 9)))
    expect(next('a', 1)).toBeUndefined()
    receive(sent('a', 6))
    expect(next('a', 1)).toBeUndefined()
    receive(sent('z', 1, { server_id: 'o' }))
    expect(next('a', 1)).toBe('z')
    expect(next('a', -1)).toBe('z')
  })
})

function deleted(channel: string, seq: number): GatewayEvent {
  return {
    type: 'message.deleted',
    data: { id: `${channel}${seq}`, seq, server_id: 's', channel_id: channel },
  }
}
