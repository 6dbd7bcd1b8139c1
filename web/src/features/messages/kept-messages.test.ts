import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { networkProblem } from '@/api/problem'
import type { PendingMessage } from '@/state/model'
import { resetStore, useStore } from '@/state/store'
import { sampleMe, sampleMessage } from '@/testing/samples'
import { stubSessionStorage } from '@/testing/session-storage'

/** What the imitated server was sent, and whether it can be reached. */
const server = { isAway: true, attempts: [] as { content: string; nonce: string }[] }

vi.stubGlobal('window', new EventTarget())
const session = stubSessionStorage()
vi.mock('@/api/client', () => ({
  answer: (outcome: Promise<unknown>) => outcome,
  http: {
    POST: async (_path: string, { body }: { body: { content: string; nonce: string } }) => {
      if (server.isAway) throw networkProblem()
      server.attempts.push(body)
      return sampleMessage(server.attempts.length, body)
    },
    PUT: async () => {
      throw networkProblem()
    },
  },
}))

const { sendMessage } = await import('./sending')
const { draftIn, useDrafts } = await import('./drafts/drafts')
const { giveBackWithoutFiles, isOfMessage } = await import('./kept-messages')

const key = 'beep.sending.1'
const kept = (): PendingMessage[] => JSON.parse(session.get(key) ?? '[]')
const pending = () =>
  (useStore.getState().pending.c ?? []).map(({ content, state }) => `${content}: ${state}`)

/** The page is loaded anew: what is only in its memory is gone. */
async function reload() {
  const stored = session.get(key)
  resetStore('no')
  if (stored) sessionStorage.setItem(key, stored)
  resetStore('yes', sampleMe('1'))
  await vi.advanceTimersByTimeAsync(0)
}

beforeEach(() => {
  vi.useFakeTimers()
  for (const name of [...session.keys()]) sessionStorage.removeItem(name)
  Object.assign(server, { isAway: true, attempts: [] })
  useDrafts.setState({ byChannel: {} })
  resetStore('no')
  resetStore('yes', sampleMe('1'))
})

afterEach(() => {
  vi.useRealTimers()
})

describe('a reload of the page', () => {
  test('is outlived by what waits, which goes out once, in its order, under its nonce', async () => {
    sendMessage('s', 'c', 'one')
    sendMessage('s', 'c', 'two')
    await vi.advanceTimersByTimeAsync(0)
    const nonces = kept().map(({ nonce }) => nonce)
    await reload()
    expect(pending()).toHaveLength(2)
    server.isAway = false
    await vi.runAllTimersAsync()
    expect(server.attempts.map(({ content }) => content)).toEqual(['one', 'two'])
    expect(server.attempts.map(({ nonce }) => nonce)).toEqual(nonces)
    expect(pending()).toEqual([])
    expect(session.has(key)).toBe(false)
  })

  test('does not send what was refused, nor what nobody expects any more', async () => {
    sendMessage('s', 'c', 'refused')
    sendMessage('s', 'c', 'long ago')
    await vi.advanceTimersByTimeAsync(0)
    const [refused, old] = kept()
    const changed = [
      { ...refused, state: 'failed', problem: 'missing_permission' },
      { ...old, createdAt: new Date(Date.now() - 3_600_001).toISOString() },
    ]
    sessionStorage.setItem(key, JSON.stringify(changed))
    server.isAway = false
    await reload()
    await vi.runAllTimersAsync()
    expect(server.attempts).toEqual([])
    expect(pending()).toEqual(['refused: failed', 'long ago: failed'])
    expect(useStore.getState().pending.c?.map(({ problem }) => problem)).toEqual([
      'missing_permission',
      'network',
    ])
  })

  test('leaves a message with files to wait until they are back', async () => {
    sendMessage('s', 'c', 'with a picture', null, ['file-1'])
    server.isAway = false
    await reload()
    await vi.runAllTimersAsync()
    expect(pending()).toEqual(['with a picture: uploading'])
    expect([isOfMessage('file-1'), isOfMessage('file-2')]).toEqual([true, false])
    expect(server.attempts).toEqual([])
  })

  test('gives a text back whose files are lost, before what was begun since', async () => {
    sendMessage('s', 'c', 'with a picture', null, ['file-1'])
    await reload()
    useDrafts.setState({
      byChannel: {
        c: { serverId: 's', text: 'begun since', replyTo: null, told: { text: '', replyTo: null, at: '' } },
      },
    })
    giveBackWithoutFiles()
    expect(pending()).toEqual([])
    expect(draftIn('c').text).toBe('with a picture\nbegun since')
  })

  test('is nothing to another user, and survives what is no message', async () => {
    sendMessage('s', 'c', 'mine')
    resetStore('yes', sampleMe('2'))
    expect(pending()).toEqual([])
    for (const broken of ['{', '{}', '[null, 3, {"nonce": "x"}]']) {
      sessionStorage.setItem(key, broken)
      resetStore('no')
      resetStore('yes', sampleMe('1'))
      expect(pending()).toEqual([])
    }
  })
})
