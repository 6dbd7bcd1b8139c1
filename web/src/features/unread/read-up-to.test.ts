import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ReadState } from '@/api/contract'
import { ApiProblem, networkProblem } from '@/api/problem'
import { emptyState } from '@/state/model'
import { withReadState } from '@/state/read-states'
import { useStore } from '@/state/store'

type Put = { params: { path: { channel_id: string } }; body: { message_id?: string } }

/** What was told to the imitated server, and how it refuses the next. */
const server = { told: [] as (string | null)[], refusals: [] as unknown[], lastSeq: 20 }

function stateOf(seq: number): ReadState {
  return {
    channel_id: 'c',
    server_id: 's',
    last_read_id: String(seq),
    last_read_seq: seq,
    last_seq: server.lastSeq,
    mention_count: 0,
  }
}

vi.mock('@/api/client', () => ({
  answer: (outcome: Promise<unknown>) => outcome,
  http: {
    PUT: async (_path: string, { body }: Put) => {
      server.told.push(body.message_id ?? null)
      const refusal = server.refusals.shift()
      if (refusal) throw refusal
      return stateOf(body.message_id ? Number(body.message_id) : server.lastSeq)
    },
  },
}))

const { forgetReading, hurryReading, readAll, readUpTo } = await import('./read-up-to')

const read = (seq: number) => readUpTo('s', 'c', seq, String(seq))
const known = () => useStore.getState().readings.c

beforeEach(() => {
  vi.useFakeTimers()
  Object.assign(server, { told: [], refusals: [], lastSeq: 20 })
  useStore.setState({ ...emptyState(), readings: withReadState({}, stateOf(0)) })
})

afterEach(() => {
  forgetReading()
  vi.useRealTimers()
})

describe('what I have read', () => {
  test('is shown at once and told at once', async () => {
    read(5)
    expect(known()).toMatchObject({ readSeq: 5, readId: '5' })
    expect(server.told).toEqual(['5'])
    await vi.advanceTimersByTimeAsync(0)
    expect(known()).toMatchObject({ toldSeq: 5 })
  })

  test('is told once in two seconds, of all places the last', async () => {
    for (let seq = 1; seq <= 9; seq += 1) read(seq)
    expect(server.told).toEqual(['1'])
    await vi.advanceTimersByTimeAsync(1_999)
    expect(server.told).toEqual(['1'])
    await vi.advanceTimersByTimeAsync(1)
    expect(server.told).toEqual(['1', '9'])
    await vi.advanceTimersByTimeAsync(10_000)
    expect(server.told).toEqual(['1', '9'])
  })

  test('is told without delay when the channel is left', async () => {
    read(1)
    await vi.advanceTimersByTimeAsync(0)
    read(2)
    hurryReading('c')
    expect(server.told).toEqual(['1', '2'])
    hurryReading('c')
    expect(server.told).toEqual(['1', '2'])
  })

  test('is not told when it is known already, here or from another device', async () => {
    read(5)
    await vi.advanceTimersByTimeAsync(3_000)
    read(4)
    read(5)
    useStore.setState(({ readings }) => ({ readings: withReadState(readings, stateOf(8)) }))
    read(7)
    await vi.advanceTimersByTimeAsync(3_000)
    expect(server.told).toEqual(['5'])
  })

  test('to the end, whether it was on the screen or not, names no message', async () => {
    readAll('s', 'c')
    expect(known()).toMatchObject({ readSeq: 20 })
    expect(server.told).toEqual([null])
    await vi.advanceTimersByTimeAsync(3_000)
    expect(known()).toMatchObject({ toldSeq: 20, readId: '20' })
    expect(server.told).toEqual([null])
  })
})

describe('what could not be told', () => {
  test('is told again after a while, and then what is further on', async () => {
    server.refusals = [networkProblem()]
    read(5)
    await vi.advanceTimersByTimeAsync(1_000)
    read(6)
    await vi.advanceTimersByTimeAsync(3_999)
    expect(server.told).toEqual(['5'])
    await vi.advanceTimersByTimeAsync(1)
    expect(server.told).toEqual(['5', '6'])
  })

  test('is not told again when one read on while it was under way', async () => {
    server.refusals = [networkProblem()]
    read(5)
    read(6)
    await vi.advanceTimersByTimeAsync(5_000)
    expect(server.told).toEqual(['5', '6'])
  })

  test('is told again by itself', async () => {
    server.refusals = [new ApiProblem({ title: 'Away', status: 503, code: 'unavailable' })]
    read(5)
    await vi.advanceTimersByTimeAsync(5_000)
    expect(server.told).toEqual(['5', '5'])
    await vi.advanceTimersByTimeAsync(20_000)
    expect(server.told).toEqual(['5', '5'])
  })

  test('because the message is gone is not told again; the next is', async () => {
    server.refusals = [new ApiProblem({ title: 'Gone', status: 404, code: 'message_not_found' })]
    read(5)
    await vi.advanceTimersByTimeAsync(20_000)
    read(5)
    await vi.advanceTimersByTimeAsync(20_000)
    expect(server.told).toEqual(['5'])
    read(6)
    expect(server.told).toEqual(['5', '6'])
  })

  test('is forgotten with who has read it', async () => {
    server.refusals = [networkProblem()]
    read(5)
    await vi.advanceTimersByTimeAsync(100)
    forgetReading()
    await vi.advanceTimersByTimeAsync(20_000)
    expect(server.told).toEqual(['5'])
    expect(vi.getTimerCount()).toBe(0)
  })
})
