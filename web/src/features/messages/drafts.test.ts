import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { emptyState } from '@/state/model'
import { useStore } from '@/state/store'
import { sampleMe } from '@/testing/samples'
import { draftOf, keepDraft } from './drafts'

function signIn(id: string): void {
  useStore.setState({ ...emptyState(), me: sampleMe(id) })
}

beforeEach(() => {
  const kept = new Map<string, string>()
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  })
})

afterEach(() => vi.unstubAllGlobals())

test('a draft is that of its channel and of whoever wrote it', () => {
  signIn('1')
  keepDraft('c', 'dear Tom')
  expect(draftOf('d')).toBe('')
  signIn('2')
  expect(draftOf('c')).toBe('')
  keepDraft('c', 'dear Ada')
  signIn('1')
  expect(draftOf('c')).toBe('dear Tom')
  keepDraft('c', '')
  expect(draftOf('c')).toBe('')
  signIn('2')
  expect(draftOf('c')).toBe('dear Ada')
})
