import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ReadState } from '@/api/contract'
import type { GatewayEvent, Ready } from '@/gateway/protocol'
import { defaultSettings, emptyState } from '@/state/model'
import { useStore } from '@/state/store'
import { sampleChannel, sampleMe } from '@/testing/samples'

type Answer = (page: { items: ReadState[] } | null) => void

/** The requests that wait for the imitated server; null is a line that is down. */
let waiting: Answer[] = []

vi.mock('@/api/client', () => ({
  answer: (outcome: Promise<unknown>) => outcome,
  http: {
    GET: () =>
      new Promise((resolve, reject) => {
        waiting.push((page) => (page ? resolve(page) : reject(new Error('the line is down'))))
      }),
  },
}))

const { forgetReadings, hearOfReadings } = await import('./fetch-readings')

const now = new Date('2026-03-04T12:00:00Z')

function stateOf(channel_id: string, seq: number): ReadState {
  return {
    channel_id,
    server_id: 's',
    last_read_id: null,
    last_read_seq: seq,
    last_seq: 9,
    mention_count: 0,
  }
}

function ready(read_states: Ready['read_states']): GatewayEvent {
  const data = { session_id: '1', user: sampleMe(), settings: defaultSettings, servers: [], presences: [] }
  return { type: 'ready', data: { ...data, read_states: read_states ?? null } }
}

function created(id: string, secondsAgo: number): GatewayEvent {
  const created_at = new Date(now.getTime() - secondsAgo * 1_000).toISOString()
  return { type: 'channel.created', data: sampleChannel(id, 's', { created_at }) }
}

async function answer(page: Parameters<Answer>[0], at = 0): Promise<void> {
  waiting.splice(at, 1)[0]?.(page)
  await vi.advanceTimersByTimeAsync(0)
}

const readSeq = (channelId: string) => useStore.getState().readings[channelId]?.readSeq

beforeEach(() => {
  vi.useFakeTimers({ now })
  waiting = []
  useStore.setState(emptyState())
})

afterEach(() => {
  forgetReadings()
  vi.useRealTimers()
})

test('what the gateway could not tell is asked for', async () => {
  hearOfReadings(ready(null))
  expect(waiting).toHaveLength(1)
  await answer({ items: [stateOf('c', 4)] })
  expect(readSeq('c')).toBe(4)
})

test('what the gateway told is not', () => {
  hearOfReadings(ready([stateOf('c', 4)]))
  expect(waiting).toHaveLength(0)
})

test('until it is answered it is asked for again, ever more slowly', async () => {
  hearOfReadings(ready(null))
  const pauses = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]
  for (const pause of pauses) {
    await answer(null)
    await vi.advanceTimersByTimeAsync(pause - 1)
    expect(waiting).toHaveLength(0)
    await vi.advanceTimersByTimeAsync(1)
    expect(waiting).toHaveLength(1)
  }
  await answer({ items: [stateOf('c', 4)] })
  expect(readSeq('c')).toBe(4)
  expect(vi.getTimerCount()).toBe(0)
})

test('of several questions the last is answered', async () => {
  hearOfReadings(ready(null))
  hearOfReadings(ready(null))
  await answer({ items: [stateOf('c', 7)] }, 1)
  await answer({ items: [stateOf('c', 4), stateOf('d', 4)] })
  expect(readSeq('c')).toBe(7)
  expect(readSeq('d')).toBeUndefined()
})

test('a session that has begun anew leaves the questions of the one before', async () => {
  hearOfReadings(ready(null))
  hearOfReadings(ready([]))
  await answer(null)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(waiting).toHaveLength(0)
})

test('an old channel that comes into sight is asked about, a new or known one is not', async () => {
  hearOfReadings(created('new', 10))
  expect(waiting).toHaveLength(0)
  hearOfReadings(created('old', 61))
  expect(waiting).toHaveLength(1)
  await answer({ items: [stateOf('old', 3)] })
  hearOfReadings(created('old', 61))
  expect(waiting).toHaveLength(0)
})

test('who signs out is told nothing any more', async () => {
  hearOfReadings(ready(null))
  forgetReadings()
  await answer({ items: [stateOf('c', 4)] })
  expect(readSeq('c')).toBeUndefined()
})
