import { beforeEach, describe, expect, it } from 'vitest'
import type { Message } from '@/api/contract'
import { mentionsMe } from '@/state/read-states'
import { noMembers, withMember } from '@/state/server-members'
import { resetStore, useStore } from '@/state/store'
import { sampleMe, sampleMember, sampleMessage } from '@/testing/samples'
import { tokensOf } from './mentions'

function naming(mentions: object): Message {
  const plain = sampleMessage(1)
  return { ...plain, server_id: '1', mentions: { ...plain.mentions, ...mentions } }
}

describe('the names in a message', () => {
  const tokens = Array.from({ length: 500 }, (_, index) => ({ text: `@a${index}`, kind: 'user', id: '1' }))

  it('are what the server tells', () => {
    expect(tokensOf(naming({ tokens: tokens.slice(0, 3) }))).toEqual(tokens.slice(0, 3))
    for (const message of [null, naming({ tokens: undefined })]) expect(tokensOf(message)).toEqual([])
  })

  it('are not more than can be looked for, and the same for the same message', () => {
    const message = naming({ tokens })
    expect(tokensOf(message)).toHaveLength(100)
    expect(tokensOf(message)).toBe(tokensOf(message))
  })
})

describe('a message that names me', () => {
  beforeEach(() => {
    resetStore('yes', sampleMe('9'))
    const me = sampleMember('9', '1', { role_ids: ['5'] })
    useStore.setState({ members: { '1': withMember(noMembers(), me) } })
  })
  const named = (mentions: object) => mentionsMe(useStore.getState(), naming(mentions))

  it('does so by name, by a role that I hold, or with everyone', () => {
    expect(named({ user_ids: ['8', '9'] })).toBe(true)
    expect(named({ role_ids: ['4', '5'] })).toBe(true)
    expect(named({ everyone: true })).toBe(true)
  })

  it('is no other', () => {
    expect(named({ user_ids: ['8'], role_ids: ['4'], channel_ids: ['9'] })).toBe(false)
    expect(mentionsMe(useStore.getState(), null)).toBe(false)
  })
})
