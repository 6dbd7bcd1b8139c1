import { beforeEach, describe, expect, it, vi } from 'vitest'
import { sampleMe } from '@/testing/samples'
import { forgetAccount, noteErasure, rememberAccount, rememberedAccounts } from './remembered-accounts'

const [before, end, after] = ['2026-12-01', '2026-12-10', '2026-12-11'].map(
  (day) => `${day}T09:30:00.000Z`,
) as [string, string, string]

let stored: Map<string, string>

function names(): string[] {
  return rememberedAccounts().map(({ id }) => id)
}

beforeEach(() => {
  stored = new Map()
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
  })
  vi.useFakeTimers({ now: Date.parse(before) })
  rememberAccount(sampleMe('1'))
  rememberAccount(sampleMe('2'))
  return () => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  }
})

describe('the accounts on a device', () => {
  it('are there until they are erased, and then nothing of them is', () => {
    noteErasure('1', end)
    expect(names()).toEqual(['2', '1'])
    vi.setSystemTime(Date.parse(after))
    expect(names()).toEqual(['2'])
    const left = [...stored.values()].join()
    expect(left).toContain(sampleMe('2').email)
    expect(left).not.toContain(sampleMe('1').email)
  })

  it('stay where the deletion was taken back', () => {
    noteErasure('1', end)
    noteErasure('1', null)
    vi.setSystemTime(Date.parse(after))
    expect(names()).toEqual(['2', '1'])
  })

  it('know of a deletion by who signs in meanwhile', () => {
    rememberAccount({ ...sampleMe('1'), deletion_at: end })
    vi.setSystemTime(Date.parse(after))
    expect(names()).toEqual(['2'])
  })

  it('do not come back by being told of once they were forgotten', () => {
    forgetAccount('1')
    noteErasure('1', end)
    expect(names()).toEqual(['2'])
  })
})
