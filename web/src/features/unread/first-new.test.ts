import { describe, expect, it } from 'vitest'
import { sampleMessage, sampleUser } from '@/testing/samples'
import { firstNewAfter } from './first-new'

const items = [4, 5, 7, 8].map((seq) => sampleMessage(seq))

describe('the first new message', () => {
  it('is the one after the mark', () => {
    expect(firstNewAfter(4, items, true, '1')).toEqual({ at: 'loaded', messageId: '5' })
    expect(firstNewAfter(3, items, true, '1')).toEqual({ at: 'loaded', messageId: '4' })
    expect(firstNewAfter(5, items, true, '1')).toEqual({ at: 'loaded', messageId: '7' })
  })

  it('is the oldest of all when nothing is above', () => {
    expect(firstNewAfter(0, items, false, '1')).toEqual({ at: 'loaded', messageId: '4' })
  })

  it('is above when what is loaded does not reach the mark', () => {
    expect(firstNewAfter(2, items, true, '1')).toEqual({ at: 'above' })
  })

  it('is nowhere when all is read, nothing is there, or the rest is mine', () => {
    expect(firstNewAfter(null, items, true, '1')).toEqual({ at: 'nowhere' })
    expect(firstNewAfter(8, items, true, '1')).toEqual({ at: 'nowhere' })
    expect(firstNewAfter(0, [], true, '1')).toEqual({ at: 'nowhere' })
    const mine = sampleMessage(9, { author: sampleUser('1') })
    expect(firstNewAfter(8, [...items, mine], true, '1')).toEqual({ at: 'nowhere' })
  })
})
