import { expect, test } from 'vitest'
import { sampleMessage } from '@/testing/samples'
import { shownOf, withPlace } from './apart'
import { emptyLog, repaired, stale, withFirstPage } from './message-log'

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => sampleMessage(from + index))
const open = (from: number, to: number) => withFirstPage(emptyLog(), range(from, to), true)

test('a place that is newer than what is known of the present says that something was missed', () => {
  const log = withPlace(open(51, 100), range(150, 174), true, true)
  expect(log.state).toBe('stale')
  expect(shownOf(log).items).toEqual(range(150, 174))
  expect(log.items).toEqual(range(51, 100))
  const whole = repaired(log, range(75, 174), true)
  expect(whole).toMatchObject({ state: 'ready', apart: null })
  expect(whole.items).toEqual(range(51, 174))
})

test('a place joins on to a present of which something may be missing only when that is repaired', () => {
  const waiting = withPlace(stale(open(51, 100)), range(30, 60), true, false)
  expect(shownOf(waiting).items).toEqual(range(30, 60))
  const whole = repaired(waiting, range(41, 110), true)
  expect(whole.apart).toBeNull()
  expect(whole.items).toEqual(range(30, 110))
})

test('where everything between was deleted, a place that reaches the end joins on', () => {
  const log = withPlace(open(51, 100), range(10, 20), false, true)
  expect(log.apart).toBeNull()
  expect(log.items).toEqual([...range(10, 20), ...range(51, 100)])
  expect(log.hasOlder).toBe(false)
})
