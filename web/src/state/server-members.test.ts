import { describe, expect, test } from 'vitest'
import { sampleMember } from '@/testing/samples'
import {
  aged,
  answered,
  asking,
  noMembers,
  unknownOf,
  withListed,
  withMember,
  withoutMember,
} from './server-members'

const ada = sampleMember('1', 's')
const tom = sampleMember('2', 's')
const renamed = { ...tom, nickname: 'Tommy' }

describe('members that are asked for', () => {
  test('are known afterwards, and who is none is not asked for again', () => {
    const known = answered(asking(noMembers()), { ids: ['1', '2'], found: [ada] })
    expect(known.byId).toEqual({ '1': ada })
    expect(unknownOf(known, ['1', '2', '3'])).toEqual(['3'])
    expect(unknownOf(undefined, ['1'])).toEqual(['1'])
  })

  test('who left meanwhile does not come back with the answer', () => {
    const asked = asking(withMember(noMembers(), tom))
    const known = answered(withoutMember(asked, '2'), { ids: ['1', '2'], found: [ada, tom] })
    expect(Object.keys(known.byId)).toEqual(['1'])
  })

  test('what an event told meanwhile is newer than the answer', () => {
    const known = answered(withMember(asking(noMembers()), renamed), { ids: ['2'], found: [tom] })
    expect(known.byId['2']?.nickname).toBe('Tommy')
    expect(known.heard.size).toBe(0)
  })

  test('what was heard counts until the last answer is there', () => {
    const heard = withMember(asking(asking(noMembers())), renamed)
    const known = answered(answered(heard, null), { ids: ['2'], found: [tom] })
    expect(known.byId['2']?.nickname).toBe('Tommy')
  })

  test('who was none and joins is known', () => {
    const known = withMember(answered(asking(noMembers()), { ids: ['2'], found: [] }), tom)
    expect(known.byId['2']).toEqual(tom)
    expect(known.absent.size).toBe(0)
  })
})

describe('after something may have been missed', () => {
  test('all stay in sight and are asked for anew', () => {
    const known = aged(withMember(noMembers(), tom))
    expect(known.byId['2']).toEqual(tom)
    expect(unknownOf(known, ['2'])).toEqual(['2'])
    const again = answered(asking(known), { ids: ['2'], found: [renamed] })
    expect(unknownOf(again, ['2'])).toEqual([])
    expect(again.byId['2']?.nickname).toBe('Tommy')
  })

  test('who is none any more goes', () => {
    const known = answered(asking(aged(withMember(noMembers(), tom))), { ids: ['2'], found: [] })
    expect(known.byId).toEqual({})
  })
})

describe('members of a list', () => {
  test('do not replace what events told', () => {
    expect(withListed(withMember(noMembers(), renamed), [tom]).byId['2']?.nickname).toBe('Tommy')
    expect(withListed(noMembers(), [tom]).byId['2']).toEqual(tom)
  })

  test('replace what is old', () => {
    const known = withListed(aged(withMember(noMembers(), tom)), [renamed])
    expect(known.byId['2']?.nickname).toBe('Tommy')
    expect(unknownOf(known, ['2'])).toEqual([])
  })
})
