import { describe, expect, test } from 'vitest'
import { sampleMember } from '@/testing/samples'
import { allFetched, fetching, noMembers, withMember, withMemberPage, withoutMember } from './server-members'

const ada = sampleMember('1', 's')
const tom = sampleMember('2', 's')
const lea = sampleMember('3', 's')

describe('members that are fetched page by page', () => {
  test('who left while a page was on its way does not come back with it', () => {
    const asked = fetching(withMember(noMembers(), tom))
    const known = allFetched(withMemberPage(withoutMember(asked, '2'), [ada, tom]), new Set(['1', '2']))
    expect(Object.keys(known.byId)).toEqual(['1'])
  })

  test('what an event told meanwhile is newer than the page', () => {
    const renamed = { ...tom, nickname: 'Tommy' }
    const known = withMemberPage(withMember(fetching(noMembers()), renamed), [ada, tom])
    expect(known.byId['2']?.nickname).toBe('Tommy')
  })

  test('who joined meanwhile stays, and who is in no page is gone', () => {
    const before = withMember(noMembers(), tom)
    const known = allFetched(withMember(withMemberPage(fetching(before), [ada]), lea), new Set(['1']))
    expect(Object.keys(known.byId)).toEqual(['1', '3'])
    expect(known.complete).toBe(true)
  })

  test('those who were known stay in sight until all are fetched', () => {
    const known = withMemberPage(fetching(withMember(noMembers(), tom)), [ada])
    expect(Object.keys(known.byId)).toEqual(['1', '2'])
  })
})
