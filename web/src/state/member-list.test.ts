import { describe, expect, test } from 'vitest'
import type { ListedMember, MembersFrame } from '@/gateway/protocol'
import { sampleMember } from '@/testing/samples'
import { linesOf, openList, placesIn, rangesAround, wanting, withFrame } from './member-list'

function listed(id: number): ListedMember {
  return { member: sampleMember(String(id), 's'), status: 'online' }
}

function frame(first: number, count: number, online = 200): MembersFrame {
  const items = Array.from({ length: count }, (_, index) => listed(first + index))
  const groups = [{ id: 'online', count: online }]
  return { server_id: 's', channel_id: 'c', groups, ranges: [{ range: [first, first + 99], items }] }
}

describe('the parts of a member list', () => {
  test('are a few blocks around what is in sight', () => {
    expect(rangesAround(0, 20)).toEqual([[0, 99]])
    expect(rangesAround(10, 80)).toEqual([
      [0, 99],
      [100, 199],
    ])
    expect(rangesAround(130, 160)).toEqual([[100, 199]])
  })

  test('are never more, longer or less in order than the gateway takes', () => {
    for (let first = 0; first < 400; first += 7) {
      for (const height of [0, 1, 30, 99, 100, 350, 5_000]) {
        const ranges = rangesAround(first, first + height)
        expect(ranges.length).toBeLessThanOrEqual(5)
        for (const [index, [from, to]] of ranges.entries()) {
          expect(to - from).toBeLessThan(100)
          expect(to).toBeGreaterThanOrEqual(from)
          expect(from).toBeGreaterThan(ranges[index - 1]?.[1] ?? -1)
        }
        expect(ranges[0]?.[0]).toBeLessThanOrEqual(first)
        if (height <= 350) expect(ranges.at(-1)?.[1]).toBeGreaterThanOrEqual(first + height)
      }
    }
  })
})

describe('frames', () => {
  test('fill the parts that are wanted, and replace what was there', () => {
    const list = withFrame(openList('s', 'c'), frame(0, 100))
    expect(list.rows.size).toBe(100)
    const shorter = withFrame(list, frame(0, 3, 3))
    expect([...shorter.rows.keys()]).toEqual([0, 1, 2])
    expect(shorter.groups).toEqual([{ id: 'online', count: 3 }])
  })

  test('of another channel, or of parts not wanted any more, change nothing', () => {
    const list = openList('s', 'c')
    expect(withFrame(list, { ...frame(0, 5), channel_id: 'other' })).toBe(list)
    const moved = wanting(list, [[100, 199]])
    expect(withFrame(moved, frame(0, 5)).rows.size).toBe(0)
  })

  test('what is not asked for any more is forgotten', () => {
    const list = withFrame(openList('s', 'c'), frame(0, 100))
    const moved = wanting(list, [[50, 149]])
    expect([...moved.rows.keys()].sort((left, right) => left - right)[0]).toBe(50)
    expect(moved.rows.size).toBe(50)
    expect(wanting(moved, [[50, 149]])).toBe(moved)
  })
})

describe('lines', () => {
  const lines = linesOf([
    { id: 'r', count: 2 },
    { id: 'online', count: 1 },
    { id: 'offline', count: 2 },
  ])

  test('are headings with the places below them', () => {
    expect(lines).toEqual([-1, 0, 1, -2, 2, -3, 3, 4])
  })

  test('tell which places are in sight', () => {
    expect(placesIn(lines, 0, 4)).toEqual([0, 2])
    expect(placesIn(lines, 3, 3)).toBeNull()
    expect(placesIn(lines, 5, 99)).toEqual([3, 4])
    expect(placesIn([], 0, 10)).toBeNull()
  })
})
