import { describe, expect, it } from 'vitest'
import type { Member } from '@/api/contract'
import { sampleRole } from '@/testing/samples'
import { memberRows } from './member-rows'

function member(id: string, name: string, nickname: string | null = null): Member {
  const user = { id, username: name.toLowerCase(), display_name: name, avatar_url: null }
  return { server_id: '1', user, nickname, role_ids: [], joined_at: '', timeout_until: null }
}

const keys = (rows: ReturnType<typeof memberRows>) =>
  rows.map((row) => (row.kind === 'heading' ? `${row.key} ${row.count}` : row.key))

describe('the lines of the member list', () => {
  const members = [
    member('1', 'Zoé'),
    member('2', 'Ada', 'Countess'),
    member('3', 'Élodie'),
    member('4', 'bob'),
  ]

  it('puts connected members first and counts both', () => {
    expect(keys(memberRows(members, { 1: 'away', 3: 'online', 4: 'offline' }, [], 'fr'))).toEqual([
      'connected 2',
      '3',
      '1',
      'offline 2',
      '4',
      '2',
    ])
  })

  it('has no heading without members', () => {
    expect(keys(memberRows([member('1', 'Zoé')], {}, [], 'en'))).toEqual(['offline 1', '1'])
  })

  it('puts connected members below the highest of their roles that stands apart', () => {
    const roles = [
      sampleRole('30', '1', { hoisted: true }),
      sampleRole('20', '1'),
      sampleRole('10', '1', { hoisted: true }),
    ]
    const held: Record<string, string[]> = { 1: ['10', '20', '30'], 2: ['10'], 3: ['20'], 4: ['30'] }
    const holders = members.map((one) => ({ ...one, role_ids: held[one.user.id] ?? [] }))
    expect(keys(memberRows(holders, { 1: 'online', 2: 'away', 3: 'online' }, roles, 'en'))).toEqual([
      '30 1',
      '1',
      '10 1',
      '2',
      'connected 1',
      '3',
      'offline 1',
      '4',
    ])
  })
})
