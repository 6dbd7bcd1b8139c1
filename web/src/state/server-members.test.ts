import { describe, expect, test } from 'vitest'
import { sampleMember } from '@/testing/samples'
import {
  allFetched,
  doubtful,
  fetching,
  noMembers,
  viewersOf,
  withMember,
  withMemberPage,
  withoutMember,
} from './server-members'

const ada = sampleMember('1', 's')
const tom = sampleMember('2', 's')
const lea = sampleMember('3', 's')

describe('members that are fetched page by page', () => {
  test('who left while a page was on its way does not come back with it', () => {
    const asked = fetching(withMember(noMembers(), tom))
    const known = allFetched(withMemberPage(withoutMember(asked, '2'), [ada, tom]), 'c', new Set(['1', '2']))
    expect(Object.keys(known.byId)).toEqual(['1'])
  })

  test('what an event told meanwhile is newer than the page', () => {
    const renamed = { ...tom, nickname: 'Tommy' }
    const known = withMemberPage(withMember(fetching(noMembers()), renamed), [ada, tom])
    expect(known.byId['2']?.nickname).toBe('Tommy')
  })

  test('who joined meanwhile stays, and who is in no page is gone', () => {
    const before = withMember(noMembers(), tom)
    const known = allFetched(withMember(withMemberPage(fetching(before), [ada]), lea), 'c', new Set(['1']))
    expect(Object.keys(known.byId)).toEqual(['1', '3'])
    expect(known.complete).toBe(true)
  })

  test('those who were known stay in sight until all are fetched', () => {
    const known = withMemberPage(fetching(withMember(noMembers(), tom)), [ada])
    expect(Object.keys(known.byId)).toEqual(['1', '2'])
  })

  test('what happened while they were fetched is a reason to ask again', () => {
    const known = allFetched(doubtful(fetching(noMembers())), 'c', new Set(['1']))
    expect(known.complete).toBe(false)
    expect(allFetched(fetching(known), 'c', new Set(['1'])).complete).toBe(true)
  })

  test('nobody is shown in a private channel who was not found to see it', () => {
    const fetched = withMemberPage(fetching(noMembers()), [ada])
    const known = withMember(allFetched(fetched, 'c', new Set(['1'])), tom)
    expect(viewersOf(known, 'c', true)).toEqual([ada])
    expect(viewersOf(known, 'c', false)).toEqual([ada, tom])
    expect(viewersOf(known, 'other', true)).toEqual([])
  })
})
