import { describe, expect, test } from 'vitest'
import type { Permission, ServerWithDetail } from '@/api/contract'
import type { GatewayEvent } from '@/gateway/protocol'
import { sampleChannel, sampleMe, sampleMember, sampleServer } from '@/testing/samples'
import { applyEvent } from './apply-event'
import { emptyState } from './model'
import { mayIn, mayInChannel, type StoreState } from './store'

const server = sampleServer('10', { owner_id: '2' })

function joined(changes: Partial<ServerWithDetail> = {}): StoreState {
  const detail: ServerWithDetail = {
    ...server,
    channels: [sampleChannel('100', '10'), sampleChannel('101', '10')],
    roles: [],
    me: sampleMember('1', '10'),
    permissions: ['view_channel', 'send_messages'],
    channel_permissions: { '101': ['view_channel', 'manage_messages'] },
    ...changes,
  }
  const state = applyEvent({ ...emptyState(), me: sampleMe('1') }, { type: 'server.created', data: detail })
  return {
    ...state,
    signedIn: 'yes',
    connection: 'live',
    loaded: true,
    loadedAt: 0,
    viewedAs: null,
    left: null,
  }
}

function following(state: StoreState, ...events: GatewayEvent[]): StoreState {
  return { ...state, ...events.reduce(applyEvent, state) }
}

function told(permissions: Permission[], channel_permissions: Record<string, Permission[]>): GatewayEvent {
  return { type: 'permissions.updated', data: { server_id: '10', permissions, channel_permissions } }
}

describe('what I may do in a channel', () => {
  test('is what I may do in the server, but where it differs', () => {
    const state = joined()
    expect(mayInChannel(state, '10', '100', 'send_messages')).toBe(true)
    expect(mayInChannel(state, '10', '100', 'manage_messages')).toBe(false)
    expect(mayInChannel(state, '10', '101', 'send_messages')).toBe(false)
    expect(mayInChannel(state, '10', '101', 'manage_messages')).toBe(true)
    expect(mayIn(state, '10', 'manage_messages')).toBe(false)
  })

  test('changes as the gateway tells, all at once', () => {
    const state = following(joined(), told(['view_channel'], { '100': ['view_channel', 'send_messages'] }))
    expect(mayInChannel(state, '10', '100', 'send_messages')).toBe(true)
    expect(mayInChannel(state, '10', '101', 'manage_messages')).toBe(false)
    expect(mayIn(state, '10', 'send_messages')).toBe(false)
  })

  test('is known before the channel comes into sight, and forgotten when it goes', () => {
    const state = following(joined(), told(['view_channel'], { '102': ['connect'] }), {
      type: 'channel.created',
      data: sampleChannel('102', '10'),
    })
    expect(mayInChannel(state, '10', '102', 'connect')).toBe(true)
    const gone = following(state, { type: 'channel.deleted', data: { id: '102', server_id: '10' } })
    expect(mayInChannel(gone, '10', '102', 'connect')).toBe(false)
  })

  test('is everything for administrators and the owner', () => {
    const administrator = joined({ permissions: ['administrator'], channel_permissions: {} })
    expect(mayInChannel(administrator, '10', '100', 'manage_roles')).toBe(true)
    const owner = following(joined(), { type: 'server.updated', data: { ...server, owner_id: '1' } })
    expect(mayInChannel(owner, '10', '101', 'manage_roles')).toBe(true)
  })

  test('of a server that one is not in is nothing, whatever is told', () => {
    const left = following(
      joined(),
      { type: 'server.deleted', data: { id: '10' } },
      told(['administrator'], {}),
    )
    expect(mayInChannel({ ...left, me: sampleMe('1') }, '10', '100', 'send_messages')).toBe(false)
    expect(left.permissions).toEqual({})
    expect(left.channelPermissions).toEqual({})
  })
})
