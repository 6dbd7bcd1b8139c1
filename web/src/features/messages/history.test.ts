import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Message } from '@/api/contract'
import { applyEvent } from '@/state/apply-event'
import { emptyState } from '@/state/model'
import { useStore } from '@/state/store'

interface Query {
  limit: number
  before?: string
}

/** What the imitated server holds, oldest first, and what happens while a page is on its way. */
const server = { messages: [] as Message[], meanwhile: [] as (() => void)[], failures: 0, requests: 0 }

vi.mock('@/api/client', () => ({
  answer: (outcome: Promise<unknown>) => outcome,
  http: {
    GET: async (_path: string, { params }: { params: { query: Query } }) => {
      server.requests += 1
      if (server.failures > 0) {
        server.failures -= 1
        throw new Error('the line is down')
      }
      const { limit, before } = params.query
      const newestFirst = server.messages.filter((item) => !before || item.seq < Number(before)).reverse()
      const items = newestFirst.slice(0, limit)
      server.meanwhile.shift()?.()
      return { items, next: newestFirst.length > limit ? 'more' : null }
    },
  },
}))

const { leaveHistory, loadOlder, openHistory, repairHistory } = await import('./history')

function message(seq: number, content = `message ${seq}`): Message {
  const author = { id: '1', username: 'ada', display_name: 'Ada', avatar_url: null }
  const created_at = '2026-01-01T00:00:00Z'
  return {
    id: String(seq),
    channel_id: 'c',
    seq,
    author,
    content,
    created_at,
    edited_at: null,
    nonce: null,
  } as Message
}

function range(from: number, to: number): Message[] {
  return Array.from({ length: to - from + 1 }, (_, index) => message(from + index))
}

function remove(seq: number): void {
  server.messages = server.messages.filter((item) => item.seq !== seq)
}

/** The gateway tells of a deletion. */
function tellDeleted(seq: number): void {
  const data = { id: String(seq), seq, server_id: 's', channel_id: 'c' }
  useStore.setState((state) => applyEvent(state, { type: 'message.deleted', data }))
}

function log() {
  const known = useStore.getState().messages.c
  if (!known) throw new Error('the channel is not open')
  return known
}

const shown = () => log().items.map((item) => item.seq)
const expected = () => server.messages.map((item) => item.seq)

beforeEach(() => {
  vi.useFakeTimers()
  Object.assign(server, { messages: range(1, 120), meanwhile: [], failures: 0, requests: 0 })
  useStore.setState({ ...emptyState(), connection: 'live' })
})

afterEach(() => {
  leaveHistory('c')
  vi.useRealTimers()
})

describe('history of a channel', () => {
  test('opens at the newest messages and goes back page by page', async () => {
    await openHistory('s', 'c')
    expect(shown()).toEqual(expected().slice(-50))
    await loadOlder('s', 'c')
    await loadOlder('s', 'c')
    expect(shown()).toEqual(expected())
    expect(log()).toMatchObject({ hasOlder: false, state: 'ready' })
  })

  test('a repair brings what was missed and drops what is gone', async () => {
    await openHistory('s', 'c')
    server.messages.push(...range(121, 300))
    remove(100)
    useStore.setState((state) => ({ messages: { ...state.messages, c: { ...log(), state: 'stale' } } }))
    await repairHistory('s', 'c')
    expect(log().state).toBe('ready')
    expect(shown()).toEqual(expected().filter((seq) => seq >= (shown()[0] ?? 0)))
  })

  test('a repair during which a message goes is done again', async () => {
    await openHistory('s', 'c')
    useStore.setState((state) => ({ messages: { ...state.messages, c: { ...log(), state: 'stale' } } }))
    server.meanwhile = [
      () => {
        remove(119)
        tellDeleted(119)
      },
    ]
    await repairHistory('s', 'c')
    expect(log().state).toBe('stale')
    await vi.runAllTimersAsync()
    expect(log().state).toBe('ready')
    expect(shown()).not.toContain(119)
  })

  test('a repair that fails is tried again, and not in a tight circle', async () => {
    await openHistory('s', 'c')
    useStore.setState((state) => ({ messages: { ...state.messages, c: { ...log(), state: 'stale' } } }))
    server.messages.push(message(121))
    server.failures = 2
    const before = server.requests
    await repairHistory('s', 'c')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(server.requests - before).toBe(1)
    await vi.runAllTimersAsync()
    expect(log().state).toBe('ready')
    expect(shown()).toContain(121)
  })

  test('a repair that is asked for while a page is on its way is not forgotten', async () => {
    await openHistory('s', 'c')
    const older = loadOlder('s', 'c')
    useStore.setState((state) => ({ messages: { ...state.messages, c: { ...log(), state: 'stale' } } }))
    server.messages.push(message(121))
    await repairHistory('s', 'c')
    await older
    await vi.runAllTimersAsync()
    expect(log().state).toBe('ready')
    expect(shown()).toContain(121)
  })

  test('a channel that was left is not repaired until it is opened again', async () => {
    await openHistory('s', 'c')
    useStore.setState((state) => ({ messages: { ...state.messages, c: { ...log(), state: 'stale' } } }))
    server.failures = 1
    await repairHistory('s', 'c')
    leaveHistory('c')
    const before = server.requests
    await vi.runAllTimersAsync()
    expect(server.requests).toBe(before)
    await openHistory('s', 'c')
    expect(log().state).toBe('ready')
  })
})
