/** Pure operations on the member list of the channel on the screen, of which only parts are there. */
import type { Id } from '@/api/contract'
import type { ListedMember, MemberGroup, MemberRange, MembersFrame } from '@/gateway/protocol'

export interface MemberList {
  serverId: Id
  channelId: Id
  /** Null before the first frame. */
  groups: MemberGroup[] | null
  /** Those who are known, by their place. */
  rows: ReadonlyMap<number, ListedMember>
  /** The parts that are asked for. */
  wanted: MemberRange[]
}

/** Places that are asked for as one: the same for all readers, so that they are told by the same frames. */
const block = 100
/** Places before and after those on the screen that are asked for, too. */
const margin = 25
const mostRanges = 5

const firstPart: MemberRange[] = [[0, block - 1]]

export function openList(serverId: Id, channelId: Id): MemberList {
  return { serverId, channelId, groups: null, rows: new Map(), wanted: firstPart }
}

/** What is to be asked for while these places are on the screen. */
export function rangesAround(first: number, last: number): MemberRange[] {
  const start = Math.floor(Math.max(0, first - margin) / block) * block
  const ranges: MemberRange[] = []
  for (let from = start; from <= last + margin && ranges.length < mostRanges; from += block) {
    ranges.push([from, from + block - 1])
  }
  return ranges
}

/** With other parts asked for. What is in none of them would grow old unnoticed, and is forgotten. */
export function wanting(list: MemberList, wanted: MemberRange[]): MemberList {
  if (JSON.stringify(wanted) === JSON.stringify(list.wanted)) return list
  const kept = [...list.rows].filter(([place]) => isIn(wanted, place))
  return { ...list, wanted, rows: new Map(kept) }
}

/** With what a frame tells. */
export function withFrame(list: MemberList, frame: MembersFrame): MemberList {
  if (frame.channel_id !== list.channelId) return list
  const rows = new Map(list.rows)
  for (const { range, items } of frame.ranges) {
    const [first, last] = range
    for (let place = first; place <= last; place += 1) {
      const item = items[place - first]
      if (item && isIn(list.wanted, place)) rows.set(place, item)
      else rows.delete(place)
    }
  }
  return { ...list, groups: frame.groups, rows }
}

/**
 * The lines of the list: the place of a member, or for the heading of a group its index, negative and less one. Numbers,
 * because there may be many.
 */
export function linesOf(groups: MemberGroup[]): number[] {
  const lines: number[] = []
  let place = 0
  for (const [index, { count }] of groups.entries()) {
    lines.push(-1 - index)
    for (let n = 0; n < count; n += 1) {
      lines.push(place)
      place += 1
    }
  }
  return lines
}

/** The places between two lines, both included; null when there are only headings. */
export function placesIn(lines: readonly number[], first: number, last: number): MemberRange | null {
  const places = lines.slice(Math.max(0, first), last + 1).filter((line) => line >= 0)
  const [start, end] = [places[0], places.at(-1)]
  return start === undefined || end === undefined ? null : [start, end]
}

function isIn(ranges: MemberRange[], place: number): boolean {
  return ranges.some(([first, last]) => place >= first && place <= last)
}
