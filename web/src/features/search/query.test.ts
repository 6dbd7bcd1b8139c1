import { describe, expect, test } from 'vitest'
import { type Filter, withFilter } from './filters'
import {
  beginningOf,
  dayOf,
  isAnything,
  queryOf,
  typedAt,
  typedWhole,
  type Wanted,
  without,
  wordsOf,
} from './query'

const filter = (kind: Filter['kind'], value: string): Filter => ({ kind, value, label: value })
const wanted = (words: string, ...filters: Filter[]): Wanted => ({
  serverId: 's',
  channelId: null,
  words,
  filters,
  sort: 'newest',
})

describe('what is typed', () => {
  test.each([
    ['from:ad', { kind: 'from', query: 'ad', start: 0, end: 7 }],
    ['red from:', { kind: 'from', query: '', start: 4, end: 9 }],
    ['red de:ad', { kind: 'from', query: 'ad', start: 4, end: 9 }],
    ['apres:2026', { kind: 'after', query: '2026', start: 0, end: 10 }],
    ['After:', { kind: 'after', query: '', start: 0, end: 6 }],
    ['in:"my room"', { kind: 'in', query: 'my room', start: 0, end: 12 }],
  ])('%j is the beginning of a filter', (text, typed) => {
    expect(typedAt(text, text.length)).toEqual(typed)
  })

  test.each(['from', 'from:ada ', 'https://example.org', 'xfrom-from:a b', 'nobody:ada', ''])(
    '%j is not',
    (text) => {
      expect(typedAt(text, text.length)).toBeNull()
    },
  )

  test('is whole when something follows', () => {
    const text = 'red from:ada has:link balloon in:gen'
    expect(typedWhole(text).map(({ kind, query }) => [kind, query])).toEqual([
      ['from', 'ada'],
      ['has', 'link'],
    ])
    expect(without(text, { start: 4, end: 12 })).toBe('red has:link balloon in:gen')
  })

  test('is no word as long as it is a filter', () => {
    expect(wordsOf('red from:ada balloon in:')).toBe('red balloon ')
    expect(wordsOf('from:ada ')).toBe('')
    expect(wordsOf('at 10:30 see https://example.org')).toBe('at 10:30 see https://example.org')
    // The space after the last word says that it is whole.
    expect(wordsOf('balloon ')).toBe('balloon ')
  })

  test('begins in the language of the reader', () => {
    expect(beginningOf('from', 'fr')).toBe('de:')
    expect(beginningOf('from', 'en')).toBe('from:')
  })
})

describe('filters', () => {
  test('are each there once, and some are alone', () => {
    const all = [
      filter('from', '1'),
      filter('from', '2'),
      filter('from', '1'),
      filter('before', '2026-01-01'),
      filter('before', '2026-02-01'),
    ].reduce(withFilter, [] as Filter[])
    expect(all.map(({ kind, value }) => `${kind}:${value}`)).toEqual([
      'from:2',
      'from:1',
      'before:2026-02-01',
    ])
  })

  test('are no more than the server takes', () => {
    const all = Array.from({ length: 12 }, (_, index) => filter('from', String(index)))
    expect(all.reduce(withFilter, [] as Filter[])).toHaveLength(10)
  })

  test('become what the server is asked', () => {
    const asked = queryOf(
      wanted(
        'red ',
        filter('from', '1'),
        filter('from', '2'),
        filter('has', 'link'),
        filter('mentions', '3'),
        filter('pinned', 'false'),
        filter('in', '9'),
      ),
    )
    expect(asked).toEqual({
      query: 'red ',
      author: ['1', '2'],
      has: ['link'],
      mentions: '3',
      pinned: false,
      sort: 'newest',
    })
  })

  test('of days are those of the reader: the day itself is on neither side', () => {
    const { before, after } = queryOf(
      wanted('', filter('before', '2026-11-25'), filter('after', '2026-11-25')),
    )
    expect(before).toBe(new Date(2026, 10, 25).toISOString())
    expect(after).toBe(new Date(new Date(2026, 10, 26).getTime() - 1).toISOString())
  })

  test('of channels alone look for nothing', () => {
    expect(isAnything(wanted(' ', filter('in', '9')))).toBe(false)
    expect(isAnything(wanted('', filter('pinned', 'true')))).toBe(true)
    expect(isAnything(wanted('a'))).toBe(true)
  })
})

test.each([
  ['2026-11-25', '2026-11-25'],
  ['2026-1-5', '2026-01-05'],
  ['2026-02-30', null],
  ['2026-13-01', null],
  ['yesterday', null],
])('%s is the day %s', (text, day) => {
  expect(dayOf(text)).toBe(day)
})
