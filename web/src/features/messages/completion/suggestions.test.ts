import { describe, expect, it } from 'vitest'
import { sampleChannel, sampleMember, sampleRole } from '@/testing/samples'
import { channelsFor, namesFor, textOf } from './suggestions'

function member(id: string, username: string, display_name: string, nickname: string | null = null) {
  return sampleMember(id, '1', { nickname, user: { id, username, display_name, avatar_url: null } })
}

const members = [
  member('1', 'zoe', 'Zoé Adam'),
  member('2', 'ada', 'Ada Byron', 'Countess'),
  member('3', 'madame', 'Élodie'),
]
const roles = [sampleRole('5', '1', { name: 'Admins' }), sampleRole('6', '1', { name: 'Club board' })]
const texts = (query: string, everyone = true) => namesFor(query, members, roles, everyone).map(textOf)

describe('suggestions', () => {
  it('puts what begins so first, then words, then what holds it', () => {
    expect(texts('ad')).toEqual(['@ada', '@Admins', '@zoe', '@madame'])
    expect(texts('BO')).toEqual(['@Club board'])
  })

  it('keeps the order of names among those who are as near', () => {
    expect(texts('', false)).toEqual(['@ada', '@madame', '@zoe', '@Admins', '@Club board'])
  })

  it('finds by every name that somebody has, whatever the accents', () => {
    expect(texts('count')).toEqual(['@ada'])
    expect(texts('elo')).toEqual(['@madame'])
    expect(texts('zoé a')).toEqual(['@zoe'])
    expect(texts('ada hello')).toEqual([])
  })

  it('offers everyone to those who may', () => {
    expect(texts('every')).toEqual(['@everyone'])
    expect(texts('every', false)).toEqual([])
    expect(texts('')).toContain('@everyone')
  })

  it('has room for roles and everyone, however many members there are', () => {
    const many = Array.from({ length: 50 }, (_, index) => member(`${index}`, `a${index}`, 'A'))
    const found = namesFor('', many, roles, true).map(textOf)
    expect(found).toHaveLength(10)
    expect(found).toEqual(expect.arrayContaining(['@Admins', '@Club board', '@everyone']))
  })

  it('names channels, not folders', () => {
    const channels = [
      sampleChannel('1', '1', { name: 'general' }),
      sampleChannel('2', '1', { name: 'Games', kind: 'folder' }),
      sampleChannel('3', '1', { name: 'Lounge', kind: 'voice' }),
    ]
    expect(channelsFor('', channels).map(textOf)).toEqual(['#general', '#Lounge'])
    expect(channelsFor('ge', channels).map(textOf)).toEqual(['#general', '#Lounge'])
  })
})
