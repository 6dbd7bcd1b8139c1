import { beforeEach, describe, expect, test, vi } from 'vitest'
import { emptyLog, withFirstPage } from '@/state/message-log'
import { emptyState } from '@/state/model'
import { useStore } from '@/state/store'
import { sampleMe, sampleMessage } from '@/testing/samples'

/** The imitated server: what it was asked, and what answers the next request. */
const server = { asked: [] as string[], answers: [] as Promise<void>[] }
const respond = (method: string) => () => {
  server.asked.push(method)
  return server.answers.shift() ?? Promise.resolve()
}
vi.mock('@/api/client', () => ({
  answer: (outcome: Promise<unknown>) => outcome,
  http: { PUT: respond('PUT'), DELETE: respond('DELETE') },
}))

const { react, useWishes, wishedReactions } = await import('./reacting')

const message = sampleMessage(1, { reactions: [{ emoji: '👍', count: 2, me: false }] })
const known = () => useStore.getState().messages.c?.items[0]?.reactions ?? []
const shown = () => wishedReactions(known(), useWishes.getState().wishes['1'] ?? {})

beforeEach(() => {
  Object.assign(server, { asked: [], answers: [] })
  const c = withFirstPage(emptyLog(), [message], false)
  useStore.setState({ ...emptyState(), me: sampleMe('1'), messages: { c } })
})

describe('a reaction', () => {
  test('is seen before the server has agreed, and counted once when it has', async () => {
    const done = react(message, '👍', true)
    expect(shown()).toEqual([{ emoji: '👍', count: 3, me: true }])
    expect(known()).toEqual(message.reactions)
    await done
    expect(known()).toEqual([{ emoji: '👍', count: 3, me: true }])
    expect(shown()).toEqual(known())
  })

  test('that is refused leaves what the gateway told meanwhile', async () => {
    server.answers = [Promise.reject(new Error('refused'))]
    await expect(react(message, '🎉', true)).rejects.toThrow('refused')
    expect(shown()).toEqual(message.reactions)
    expect(useWishes.getState().wishes).toEqual({})
  })

  test('that is taken back while it is on its way is taken back in the end', async () => {
    const done = react(message, '👍', true)
    await Promise.all([react(message, '👍', false), done])
    expect(server.asked).toEqual(['PUT', 'DELETE'])
    expect(shown()).toEqual(message.reactions)
  })

  test('of which I was the only one is gone at once when it is taken back', () => {
    expect(wishedReactions([{ emoji: '👍', count: 1, me: true }], { '👍': false })).toEqual([])
  })
})
