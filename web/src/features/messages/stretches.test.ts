/**
 * Whatever happens at the server and wherever one jumps and scrolls: what is on the screen is a part of the channel
 * without holes, as it is now. What the server holds is a plain list, and every page is cut from it by looking through
 * all of it.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Message } from '@/api/contract'
import type { GatewayEvent } from '@/gateway/protocol'
import { shownOf } from '@/state/apart'
import { applyEvent, changeLog } from '@/state/apply-event'
import { stale } from '@/state/message-log'
import { emptyState } from '@/state/model'
import { useStore } from '@/state/store'
import { type Chance, chanceOf } from '@/testing/chance'
import { sampleMessage } from '@/testing/samples'

interface Query {
  limit: number
  before?: string
  after?: string
  around?: string
}

const pageSize = 50

/** The channel at the server, oldest first; and what happens while a page is on its way. */
const server = { messages: [] as Message[], lastSeq: 0, minutes: 0, meanwhile: () => {} }

const isBefore = (id: string) => (message: Message) => Number(message.id) < Number(id)
const isAfter = (id: string) => (message: Message) => Number(message.id) > Number(id)

/** A page as the server answers it, newest first. */
function pageOf({ limit, before, after, around }: Query) {
  const all = server.messages
  if (after) return { items: all.filter(isAfter(after)).slice(0, limit).reverse(), next: 'after' }
  if (around) {
    const newer = all.filter(isAfter(around)).slice(0, limit / 2)
    const upTo = all.filter((message) => !isAfter(around)(message))
    const rest = upTo.slice(-(limit - newer.length))
    return {
      items: [...rest, ...newer].reverse(),
      next: rest.length < upTo.length ? rest[0]?.id : null,
    }
  }
  const older = before ? all.filter(isBefore(before)) : all
  return { items: older.slice(-limit).reverse(), next: older.length > limit ? 'before' : null }
}

vi.mock('@/api/client', () => ({
  answer: (outcome: Promise<unknown>) => outcome,
  http: {
    GET: async (_path: string, { params }: { params: { query: Query } }) => {
      const page = pageOf(params.query)
      await Promise.resolve()
      server.meanwhile()
      return page
    },
  },
}))

const history = await import('./history')

function write(): GatewayEvent {
  server.lastSeq += 1
  const data = sampleMessage(server.lastSeq)
  server.messages = [...server.messages, data]
  return { type: 'message.created', data }
}

function edit(known: Message): GatewayEvent {
  server.minutes += 1
  const edited_at = new Date(Date.UTC(2026, 2, 4, 11, server.minutes)).toISOString()
  const data = { ...known, content: `edit ${server.minutes}`, edited_at }
  server.messages = server.messages.map((message) => (message.id === known.id ? data : message))
  return { type: 'message.updated', data }
}

function remove({ id, seq, server_id, channel_id }: Message): GatewayEvent {
  server.messages = server.messages.filter((message) => message.id !== id)
  return { type: 'message.deleted', data: { id, seq, server_id, channel_id } }
}

function happen(chance: Chance): GatewayEvent {
  const kind = chance.below(10)
  if (server.messages.length === 0 || kind < 6) return write()
  return kind < 8 ? edit(chance.of(server.messages)) : remove(chance.of(server.messages))
}

function tell(event: GatewayEvent): void {
  useStore.setState((state) => applyEvent(state, event))
}

/** What has happened and is not told yet, in order. */
let untold: GatewayEvent[] = []

/** Some things happen, and some of what happened is told, perhaps twice. */
function goOn(chance: Chance): void {
  for (let count = chance.below(5); count > 0; count -= 1) untold.push(happen(chance))
  for (let count = chance.below(6); count > 0; count -= 1) {
    const event = untold.shift()
    if (event) tell(event)
    if (event && chance.below(5) === 0) tell(event)
  }
}

function log() {
  const known = useStore.getState().messages.c
  if (!known) throw new Error('the channel is not open')
  return known
}

const shown = () => shownOf(log()).items

/** All requests are answered, and what was left stale is repaired. */
async function settle(): Promise<void> {
  server.meanwhile = () => {}
  for (const event of untold.splice(0)) tell(event)
  await vi.runAllTimersAsync()
  if (log().state === 'stale') await history.repairHistory('s', 'c')
  await vi.runAllTimersAsync()
}

/** The part of the channel between two of its messages, both included. */
function between(first: number, last: number): Message[] {
  return server.messages.filter(({ seq }) => first <= seq && seq <= last)
}

/** Also while much is still to be told, no message is left out between two that are shown. */
function expectNoHole(): void {
  if (log().state !== 'ready') return
  const ids = new Set(shown().map(({ id }) => id))
  const [first, last] = [shown()[0]?.seq ?? 0, shown().at(-1)?.seq ?? 0]
  expect(between(first, last).filter(({ id }) => !ids.has(id))).toEqual([])
}

function expectWhole(): void {
  const { items, apart, hasOlder, state } = log()
  expect(state).toBe('ready')
  const oldest = items[0]?.seq ?? Number.POSITIVE_INFINITY
  expect(items).toEqual(between(oldest, Number.POSITIVE_INFINITY))
  expect(hasOlder).toBe(server.messages.some(({ seq }) => seq < oldest))
  if (!apart) return
  const [first, last] = [apart.items[0]?.seq ?? 0, apart.items.at(-1)?.seq ?? 0]
  expect(apart.items.length).toBeGreaterThan(0)
  expect(apart.items).toEqual(between(first, last))
  expect(apart.hasOlder).toBe(server.messages.some(({ seq }) => seq < first))
  expect(last).toBeLessThan(oldest)
}

/** One may jump to any message, and to any that is gone. */
async function jump(id: string): Promise<void> {
  const before = shown()
  const isThere = server.messages.some((message) => message.id === id)
  const arrival = await history.loadAround('s', 'c', id)
  await settle()
  // Held though it is gone: that nobody has told.
  if (!isThere && arrival === 'there') return
  expect(arrival).toBe(isThere ? 'there' : 'gone')
  if (isThere) expect(shown().map((message) => message.id)).toContain(id)
  else expect(shown()).toEqual(before)
}

async function readOn(): Promise<void> {
  const oldest = shown()[0]
  if (!oldest) return
  const above = server.messages.filter(isBefore(oldest.id)).slice(-pageSize)
  await history.loadOlder('s', 'c')
  await settle()
  expect(shown().slice(0, above.length)).toEqual(above)
}

async function readBack(): Promise<void> {
  const newest = log().apart?.items.at(-1)
  if (!newest) return
  const below = server.messages.filter(isAfter(newest.id)).slice(0, pageSize)
  await history.loadNewer('s', 'c')
  await settle()
  const ids = shown().map(({ id }) => id)
  for (const { id } of below) expect(ids).toContain(id)
}

async function open(): Promise<void> {
  await history.openHistory('s', 'c')
  await settle()
}

beforeEach(() => {
  vi.useFakeTimers()
  Object.assign(server, { messages: [], lastSeq: 0, minutes: 0, meanwhile: () => {} })
  untold = []
  useStore.setState({ ...emptyState(), connection: 'live' })
})

afterEach(() => {
  history.leaveHistory('c')
  vi.useRealTimers()
})

describe('wherever one jumps and scrolls', () => {
  test.each(Array.from({ length: 80 }, (_, seed) => seed))('nothing is missing, course %i', async (seed) => {
    const chance = chanceOf(seed)
    const length = chance.of([0, 30, 120, 400])
    while (server.lastSeq < length) happen(chance)
    await open()
    for (let turn = 0; turn < 40; turn += 1) {
      const deeds = [
        () => jump(String(1 + chance.below(server.lastSeq + 2))),
        readOn,
        readBack,
        readBack,
        async () => history.showPresent('c'),
        async () => {
          for (let count = chance.below(60); count > 0; count -= 1) tell(happen(chance))
        },
        // A line that breaks: what happens is not told, and the session begins anew.
        async () => {
          for (let count = chance.below(80); count > 0; count -= 1) happen(chance)
          useStore.setState((state) => changeLog(state, 'c', (known) => stale(known)))
          for (let count = chance.below(3); count > 0; count -= 1) tell(happen(chance))
        },
        async () => {
          history.leaveHistory('c')
          await open()
        },
      ]
      await settle()
      await chance.of(deeds)()
      await settle()
      expectWhole()
    }
  })

  test.each(Array.from({ length: 80 }, (_, seed) => seed))(
    'nothing is missing though much happens while pages are on their way, course %i',
    async (seed) => {
      const chance = chanceOf(1_000 + seed)
      const length = chance.of([30, 120, 400])
      while (server.lastSeq < length) happen(chance)
      const opening = history.openHistory('s', 'c')
      server.meanwhile = () => goOn(chance)
      // One arrives by the address of a message while the newest are still on their way.
      const arrival = history.loadAround('s', 'c', String(1 + chance.below(length)))
      await Promise.all([opening, arrival])
      for (let turn = 0; turn < 40; turn += 1) {
        const deeds = [
          () => history.loadAround('s', 'c', String(1 + chance.below(server.lastSeq))),
          () => history.loadOlder('s', 'c'),
          () => history.loadNewer('s', 'c'),
          () => history.loadNewer('s', 'c'),
          () => history.repairHistory('s', 'c'),
          async () => history.showPresent('c'),
          async () => {
            if (chance.below(4) > 0) return
            useStore.setState((state) => changeLog(state, 'c', (known) => stale(known)))
          },
        ]
        const under = chance.of(deeds)()
        if (chance.below(3) === 0) void chance.of(deeds)()
        server.meanwhile = () => goOn(chance)
        await under
        expectNoHole()
        goOn(chance)
        if (chance.below(5) === 0) {
          await settle()
          expectWhole()
        }
      }
      await settle()
      expectWhole()
    },
  )

  test('scrolling down from anywhere leads to the present, to which what came meanwhile belongs', async () => {
    while (server.lastSeq < 400) write()
    await open()
    await jump('60')
    expect(log().apart?.items.map(({ seq }) => seq)).toEqual(between(36, 85).map(({ seq }) => seq))
    tell(write())
    expect(log().apart?.items.at(-1)?.seq).toBe(85)
    let pages = 0
    for (; log().apart; pages += 1) await readBack()
    expect(pages).toBeLessThanOrEqual(8)
    expect(shown()).toEqual(between(36, 401))
  })

  test('a jump to what meets the present joins on', async () => {
    while (server.lastSeq < 400) write()
    await open()
    await jump('330')
    expect(log().apart).toBeNull()
    expect(shown()).toEqual(between(306, 400))
  })

  test('a channel that is left is at its present when one comes back', async () => {
    while (server.lastSeq < 400) write()
    await open()
    await jump('60')
    history.leaveHistory('c')
    expect(log().apart).toBeNull()
  })
})

test('after a hole of more than can be filled nothing stays above it, though something new was told', async () => {
  while (server.lastSeq < 60) write()
  await open()
  while (server.lastSeq < 1_300) write()
  useStore.setState((state) => changeLog(state, 'c', (known) => stale(known)))
  tell(write())
  await settle()
  expectWhole()
})
