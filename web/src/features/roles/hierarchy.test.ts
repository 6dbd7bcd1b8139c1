import { describe, expect, it } from 'vitest'
import type { Permission } from '@/api/contract'
import { emptyState } from '@/state/model'
import type { StoreState } from '@/state/store'
import { sampleMe, sampleMember, sampleRole, sampleServer } from '@/testing/samples'
import { allows, mayActOn, mayGrant, rankOf, standingIn } from './hierarchy'

const server = sampleServer('s', { owner_id: '9' })
const roles = [
  sampleRole('s', 's', { position: 0 }),
  sampleRole('low', 's', { position: 1 }),
  sampleRole('high', 's', { position: 2 }),
]

function stateOf(role_ids: string[], permissions: Permission[], owner_id = '9'): StoreState {
  const members = {
    byId: { 1: sampleMember('1', 's', { role_ids }) },
    asking: 0,
    heard: new Set<string>(),
    absent: new Set<string>(),
    stale: new Set<string>(),
  }
  return {
    ...emptyState(),
    signedIn: 'yes',
    connection: 'live',
    loaded: true,
    loadedAt: 0,
    viewedAs: null,
    left: null,
    me: sampleMe('1'),
    servers: { s: { ...server, owner_id } },
    roles: Object.fromEntries(roles.map((role) => [role.id, role])),
    permissions: { s: permissions },
    members: { s: members },
  }
}

describe('the order of ranks', () => {
  it('is that of the highest role; without one it is that of everyone', () => {
    expect(rankOf(server, roles, sampleMember('1', 's', { role_ids: ['low', 'high'] }))).toBe(2)
    expect(rankOf(server, roles, sampleMember('1', 's'))).toBe(0)
  })

  it('lets one act on what stands below, never beside or above', () => {
    const me = standingIn(stateOf(['high'], ['manage_roles']), 's')
    expect([0, 1, 2, 3].map((rank) => mayActOn(me, rank))).toEqual([true, true, false, false])
    expect(mayActOn(me, rankOf(server, roles, sampleMember('9', 's')))).toBe(false)
  })

  it('lets one grant what one has, and nothing else', () => {
    const me = standingIn(stateOf(['high'], ['manage_roles', 'speak']), 's')
    expect(mayGrant(me, ['speak'])).toBe(true)
    expect(mayGrant(me, ['speak', 'ban_members'])).toBe(false)
  })

  it('an administrator may do everything and stands no higher', () => {
    const me = standingIn(stateOf(['low'], ['administrator']), 's')
    expect(allows(me, 'ban_members')).toBe(true)
    expect(mayActOn(me, 2)).toBe(false)
  })

  it('the owner stands above every role', () => {
    const me = standingIn(stateOf([], [], '1'), 's')
    expect(mayActOn(me, 2)).toBe(true)
    expect(mayGrant(me, ['administrator'])).toBe(true)
  })
})
