import { describe, expect, it } from 'vitest'
import type { Member } from '@/api/contract'
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
    expect(keys(memberRows(members, { 1: 'away', 3: 'online', 4: 'offline' }, 'fr'))).toEqual([
      'connected 2',
      '3',
      '1',
      'offline 2',
      '4',
      '2',
    ])
  })

  it('has no heading without members', () => {
    expect(keys(memberRows([member('1', 'Zoé')], {}, 'en'))).toEqual(['offline 1', '1'])
  })
})
