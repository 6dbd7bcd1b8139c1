import { describe, expect, test } from 'vitest'
import type { Message } from '@/api/contract'
import { type Chance, chanceOf } from '@/testing/chance'
import { sampleMessage } from '@/testing/samples'
import { mergeMessages } from './merge'
import {
  emptyLog,
  repaired,
  trimmed,
  withChangedMessage,
  withFirstPage,
  withNewMessage,
  withoutMessage,
  withPage,
} from './message-log'
import type { MessageLog } from './model'

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => sampleMessage(from + index))
const seqs = (log: MessageLog) => log.items.map((item) => item.seq)
const open = (from: number, to: number, hasOlder = false) =>
  withFirstPage(emptyLog(), range(from, to), hasOlder)

describe('new messages', () => {
  test('stand in the order of their numbers, whatever order they come in, each once', () => {
    const log = [12, 11, 13, 12].reduce(
      (known, seq) => withNewMessage(known, sampleMessage(seq)),
      open(1, 10),
    )
    expect(seqs(log)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13])
  })

  test('a hole before one makes the log stale, and filling it later does not hide that', () => {
    const log = withNewMessage(open(1, 10), sampleMessage(12))
    expect(log.state).toBe('stale')
    expect(withNewMessage(log, sampleMessage(13)).state).toBe('stale')
  })

  test('a message that was deleted before it came leaves no hole', () => {
    const log = withoutMessage(open(1, 10), '11', 11)
    expect(withNewMessage(log, sampleMessage(12)).state).toBe('ready')
  })

  test('nothing is put into a log that is not there', () => {
    const missing: MessageLog = { ...emptyLog(), state: 'missing' }
    expect(withNewMessage(missing, sampleMessage(1))).toBe(missing)
  })

  test('one that comes while the first page is on its way is kept', () => {
    const log = withFirstPage(withNewMessage(emptyLog(), sampleMessage(11)), range(1, 10), false)
    expect(seqs(log)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
  })
})

describe('two versions of a message', () => {
  const edited = (content: string, time: string) =>
    sampleMessage(1, { content, edited_at: `2026-03-04T${time}Z` })

  test('the later edited one counts, whichever comes first', () => {
    const early = edited('early', '10:01:00.000')
    const late = edited('late', '10:02:00.000')
    for (const pair of [
      [early, late],
      [late, early],
    ] as const) {
      expect(mergeMessages([pair[0]], [pair[1]])[0]?.content).toBe('late')
    }
  })

  test('the nonce by which its author knows it is not lost', () => {
    const sent = sampleMessage(1, { nonce: 'n' })
    expect(mergeMessages([sent], [edited('changed', '10:01:00.000')])[0]).toMatchObject({
      nonce: 'n',
      content: 'changed',
    })
  })

  test('a change to a message that is not known adds nothing', () => {
    const log = withChangedMessage(open(5, 10, true), sampleMessage(2))
    expect(seqs(log)).toEqual([5, 6, 7, 8, 9, 10])
  })
})

describe('a repair', () => {
  test('keeps what joins on above, and drops what is gone', () => {
    const fresh = [...range(6, 8), ...range(10, 14)]
    const log = repaired({ ...open(1, 10), state: 'stale' }, fresh, true)
    expect(seqs(log)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14])
    expect(log.state).toBe('ready')
  })

  test('forgets what does not join on, to be loaded again', () => {
    const log = repaired({ ...open(1, 10), state: 'stale' }, range(50, 60), true)
    expect(seqs(log)).toEqual(range(50, 60).map((item) => item.seq))
    expect(log.hasOlder).toBe(true)
  })

  test('of a channel in which everything was deleted leaves nothing', () => {
    expect(seqs(repaired({ ...open(1, 10), state: 'stale' }, [], false))).toEqual([])
  })
})

test('a channel that is left keeps its newest messages, and knows that there are older ones', () => {
  const log = trimmed(open(1, 300), 100)
  expect(seqs(log)).toEqual(range(201, 300).map((item) => item.seq))
  expect(log.hasOlder).toBe(true)
  expect(trimmed(open(1, 10), 100).hasOlder).toBe(false)
})

/** A channel at the server: writes, edits and deletes by chance, and tells so. */
class Channel {
  messages: Message[] = []
  private seq = 0
  private minutes = 0

  constructor(private readonly chance: Chance) {}

  happen(): (log: MessageLog) => MessageLog {
    const kind = this.chance.below(10)
    const known = this.messages.length > 0 ? this.chance.of(this.messages) : null
    if (!known || kind < 6) return this.write()
    return kind < 8 ? this.edit(known) : this.remove(known)
  }

  page(before: number | null, limit: number): { items: Message[]; hasOlder: boolean } {
    const older = this.messages.filter((message) => before === null || message.seq < before)
    return { items: older.slice(-limit), hasOlder: older.length > limit }
  }

  private write() {
    this.seq += 1
    const message = sampleMessage(this.seq)
    this.messages.push(message)
    return (log: MessageLog) => withNewMessage(log, message)
  }

  private edit(known: Message) {
    this.minutes += 1
    const edited_at = new Date(Date.UTC(2026, 2, 4, 11, this.minutes)).toISOString()
    const message = { ...known, content: `edit ${this.minutes}`, edited_at }
    this.messages = this.messages.map((item) => (item.id === known.id ? message : item))
    return (log: MessageLog) => withChangedMessage(log, message)
  }

  private remove({ id, seq }: Message) {
    this.messages = this.messages.filter((item) => item.id !== id)
    return (log: MessageLog) => withoutMessage(log, id, seq)
  }
}

describe('a log on a line that loses and doubles events', () => {
  test.each(Array.from({ length: 60 }, (_, seed) => seed))(
    'is whole once it is repaired, course %i',
    (seed) => {
      const chance = chanceOf(seed)
      const channel = new Channel(chance)
      for (let turn = 0; turn < 80; turn += 1) channel.happen()
      const first = channel.page(null, 20)
      let log = withFirstPage(emptyLog(), first.items, first.hasOlder)
      for (let turn = 0; turn < 200; turn += 1) {
        const told = channel.happen()
        const luck = chance.below(20)
        if (luck === 0) log = { ...log, state: 'stale' }
        else log = luck < 4 ? told(told(log)) : told(log)
        if (chance.below(15) === 0) log = readOn(log, channel)
        if (log.state === 'stale' && chance.below(4) === 0) log = repairFrom(log, channel)
      }
      if (log.state === 'stale') log = repairFrom(log, channel)
      const oldest = log.items[0]?.seq ?? 0
      expect(log.items).toEqual(channel.messages.filter((message) => message.seq >= oldest))
      expect(log.hasOlder).toBe(channel.messages.some((message) => message.seq < oldest))
    },
  )
})

function readOn(log: MessageLog, channel: Channel): MessageLog {
  const oldest = log.items[0]
  if (!oldest || !log.hasOlder || log.state !== 'ready') return log
  const { items, hasOlder } = channel.page(oldest.seq, 20)
  return withPage(log, items, hasOlder)
}

/** Pages back to what is known, as the history does. */
function repairFrom(log: MessageLog, channel: Channel): MessageLog {
  const fresh: Message[] = []
  const oldest = log.items[0]?.seq ?? 0
  for (;;) {
    const { items, hasOlder } = channel.page(fresh[0]?.seq ?? null, 20)
    fresh.unshift(...items)
    if (!hasOlder || (fresh[0]?.seq ?? 0) <= oldest) return repaired(log, fresh, hasOlder)
  }
}
