import { expect, it } from 'vitest'
import type { Permission } from '@/api/contract'
import type { Ruling } from '@/design/TriState'
import { chanceOf } from '@/testing/chance'
import { rulingOf, withRuling } from './overwrites'

const permissions: Permission[] = ['view_channel', 'send_messages', 'manage_messages', 'speak']
const rulings: Ruling[] = ['allow', 'inherit', 'deny']

it('an exception says of each permission what was said last, and never two things at once', () => {
  const chance = chanceOf(7)
  const said = new Map<Permission, Ruling>()
  let exception: { allow: Permission[]; deny: Permission[] } = { allow: [], deny: [] }
  for (let round = 0; round < 500; round += 1) {
    const permission = chance.of(permissions)
    const ruling = chance.of(rulings)
    said.set(permission, ruling)
    exception = withRuling(exception, permission, ruling)
    for (const each of permissions) expect(rulingOf(exception, each)).toBe(said.get(each) ?? 'inherit')
    expect(exception.allow.filter((each) => exception.deny.includes(each))).toEqual([])
    expect(new Set(exception.allow).size).toBe(exception.allow.length)
  }
})
