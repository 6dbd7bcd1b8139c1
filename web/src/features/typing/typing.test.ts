import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ApiProblem } from '@/api/problem'
import type { GatewayEvent } from '@/gateway/protocol'
import { applyEvent } from '@/state/apply-event'
import { emptyLog } from '@/state/message-log'
import { emptyState } from '@/state/model'
import { useStore } from '@/state/store'
import { sampleMe, sampleMessage, sampleUser } from '@/testing/samples'

/** What was told to the imitated server, and how it refuses. */
const server = { told: [] as string[], refusal: null as unknown }

vi.mock('@/api/client', () => ({
  answer: (outcome: Promise<unknown>) => outcome,
  http: {
    POST: async (_path: string, { params }: { params: { path: { channel_id: string } } }) => {
      server.told.push(params.path.channel_id)
      if (server.refusal) throw server.refusal
    },
  },
}))

const { forgetTold, tellTyping, typingEnded } = await import('./tell-typing')
const { forgetTypists, hearOfTyping, useTypists } = await import('./typists')

beforeEach(() => {
  vi.useFakeTimers()
  Object.assign(server, { told: [], refusal: null })
  forgetTold()
  forgetTypists()
  useStore.setState({ ...emptyState(), me: sampleMe('1'), connection: 'live' })
})

afterEach(() => vi.useRealTimers())

describe('who writes tells so', () => {
  test('at once, and while it goes on every eight seconds', () => {
    for (let second = 0; second < 24; second += 1) {
      tellTyping('s', 'c', `text ${second}`)
      vi.advanceTimersByTime(1_000)
    }
    expect(server.told).toHaveLength(3)
  })

  test('in each channel by itself', () => {
    tellTyping('s', 'c', 'one')
    tellTyping('s', 'd', 'two')
    expect(server.told).toEqual(['c', 'd'])
  })

  test('anew after a message', () => {
    tellTyping('s', 'c', 'one')
    typingEnded('c')
    tellTyping('s', 'c', 'two')
    expect(server.told).toEqual(['c', 'c'])
  })

  test.each(['', '  \n', '/', ' / '])('not of %j, which is nothing to be sent', (text) => {
    tellTyping('s', 'c', text)
    expect(server.told).toEqual([])
  })

  test('not without a connection', () => {
    useStore.setState({ connection: 'lost' })
    tellTyping('s', 'c', 'one')
    expect(server.told).toEqual([])
  })

  test('as late as the server asks when it was too often, whatever was sent meanwhile', async () => {
    server.refusal = new ApiProblem({ title: 'Too fast', status: 429, code: 'sending_too_fast' }, 30)
    tellTyping('s', 'c', 'one')
    await vi.advanceTimersByTimeAsync(10_000)
    server.refusal = null
    typingEnded('c')
    tellTyping('s', 'c', 'two')
    expect(server.told).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(20_000)
    tellTyping('s', 'c', 'three')
    expect(server.told).toHaveLength(2)
  })

  test('and nothing comes of it when the line is down', async () => {
    server.refusal = new Error('the line is down')
    tellTyping('s', 'c', 'one')
    await vi.advanceTimersByTimeAsync(8_000)
    tellTyping('s', 'c', 'two')
    expect(server.told).toHaveLength(2)
  })
})

const noon = '2026-03-04T12:00:00.000Z'

function started(userId: string, started_at = noon): GatewayEvent {
  return {
    type: 'typing.started',
    data: { server_id: 's', channel_id: 'c', user: sampleUser(userId), started_at },
  }
}

function written(userId: string, created_at: string): GatewayEvent {
  return { type: 'message.created', data: sampleMessage(1, { author: sampleUser(userId), created_at }) }
}

/** As the session does it. */
function hear(event: GatewayEvent): void {
  useStore.setState((state) => applyEvent(state, event))
  hearOfTyping(event)
}

const shown = () => (useTypists.getState().byChannel.c ?? []).map(({ id }) => id)

describe('those who write', () => {
  test('are shown in the order in which they began, each once, and never oneself', () => {
    for (const id of ['2', '3', '2', '1']) hear(started(id))
    expect(shown()).toEqual(['2', '3'])
  })

  test('are shown for ten seconds after they told so last', () => {
    hear(started('2'))
    vi.advanceTimersByTime(8_000)
    hear(started('2'))
    vi.advanceTimersByTime(9_999)
    expect(shown()).toEqual(['2'])
    vi.advanceTimersByTime(1)
    expect(shown()).toEqual([])
  })

  test('are not shown any more once their message is there', () => {
    hear(started('2'))
    hear(started('3'))
    hear(written('2', '2026-03-04T12:00:01.000Z'))
    expect(shown()).toEqual(['3'])
    // Who begins again is shown for the whole time.
    vi.advanceTimersByTime(5_000)
    hear(started('2', '2026-03-04T12:00:02.000Z'))
    vi.advanceTimersByTime(9_000)
    expect(shown()).toEqual(['2'])
  })

  test('are not shown when their message came before the news that they write it', () => {
    useStore.setState({ messages: { c: { ...emptyLog(), state: 'ready' } } })
    hear(written('2', '2026-03-04T12:00:01.000Z'))
    hear(started('2'))
    expect(shown()).toEqual([])
    hear(started('2', '2026-03-04T12:00:02.000Z'))
    expect(shown()).toEqual(['2'])
  })

  test('are forgotten with the channel, and with the session', () => {
    hear(started('2'))
    hear({ type: 'channel.deleted', data: { id: 'c', server_id: 's' } })
    expect(shown()).toEqual([])
    hear(started('3'))
    forgetTypists()
    expect(shown()).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })
})
