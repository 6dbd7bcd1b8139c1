import { beforeEach, describe, expect, it } from 'vitest'
import type { Draft as ToldDraft } from '@/api/contract'
import { chanceOf } from '@/testing/chance'
import { sampleMe } from '@/testing/samples'
import { stubSessionStorage } from '@/testing/session-storage'

const kept = stubSessionStorage()
const { resetStore } = await import('@/state/store')
const { changeDraft, draftIn, hearDraft, hearNoDraft, isUntold, useDrafts } = await import('./drafts')

const channel = '20'

function told(content: string, second: number, reply_to: string | null = null): ToldDraft {
  const updated_at = `2026-11-25T09:00:${String(second).padStart(2, '0')}.000Z`
  return { server_id: '10', channel_id: channel, content, reply_to, updated_at }
}

function write(text: string) {
  return changeDraft('10', channel, { text })
}

function untold(): boolean {
  const draft = useDrafts.getState().byChannel[channel]
  return draft !== undefined && isUntold(draft)
}

beforeEach(() => {
  resetStore('no')
  for (const key of [...kept.keys()]) sessionStorage.removeItem(key)
  resetStore('yes', sampleMe('1'))
})

describe('a draft', () => {
  it('is what another device wrote, unless something else was written here since', () => {
    hearDraft(told('from the phone', 1, '77'))
    expect(draftIn(channel)).toMatchObject({ text: 'from the phone', replyTo: '77' })
    write('from here')
    hearDraft(told('from the phone again', 2))
    expect(draftIn(channel)).toMatchObject({ text: 'from here', replyTo: '77' })
    expect(untold()).toBe(true)
    hearDraft(told('from here', 3, '77'))
    expect(untold()).toBe(false)
  })

  it('is not overwritten by late news of what was told before', () => {
    write('a')
    hearDraft(told('a', 1))
    write('ab')
    hearDraft(told('ab', 2))
    hearDraft(told('a', 1))
    expect(draftIn(channel).text).toBe('ab')
  })

  it('goes when it was sent elsewhere, but not what was written here since', () => {
    hearDraft(told('begun', 1))
    hearNoDraft(channel)
    expect(draftIn(channel).text).toBe('')
    hearDraft(told('begun', 2))
    write('begun here')
    hearNoDraft(channel)
    expect(draftIn(channel).text).toBe('begun here')
    expect(untold()).toBe(true)
  })

  it('outlives a reload of the page, also what was not told yet, and is nobody else’s', () => {
    hearDraft(told('as told', 1))
    write('and on')
    resetStore('no')
    expect(draftIn(channel).text).toBe('')
    resetStore('yes', sampleMe('2'))
    expect(draftIn(channel).text).toBe('')
    resetStore('yes', sampleMe('1'))
    expect(draftIn(channel).text).toBe('and on')
    expect(untold()).toBe(true)
    hearDraft(told('and on', 2))
    write('')
    hearDraft(told('', 3))
    expect(kept.size).toBe(0)
  })

  it('is the same on all devices when all news have come, whatever their order (200 courses)', () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      resetStore('no')
      for (const key of [...kept.keys()]) sessionStorage.removeItem(key)
      resetStore('yes', sampleMe('1'))
      const chance = chanceOf(seed)
      let second = 0
      let stored = told('', 0)
      const onTheWay: ToldDraft[] = []
      const put = (content: string) => {
        second += 1
        stored = told(content, second)
        onTheWay.push(stored)
      }
      for (let step = 0; step < 30; step += 1) {
        const what = chance.below(4)
        if (what === 0) write(`here ${step}`)
        if (what === 1) put(`there ${step}`)
        if (what === 2 && untold()) put(draftIn(channel).text)
        const [news] = onTheWay.splice(chance.below(onTheWay.length + 1), 1)
        if (what === 3 && news) hearDraft(news)
        else if (news) onTheWay.push(news)
      }
      if (untold()) put(draftIn(channel).text)
      while (onTheWay.length > 0) {
        for (const news of onTheWay.splice(chance.below(onTheWay.length), 1)) hearDraft(news)
      }
      expect(draftIn(channel).text, `course ${seed}`).toBe(stored.content)
      expect(untold(), `course ${seed}`).toBe(false)
    }
  })
})
