/** What a name that was begun might become. Pure. */
import type { Channel, Member, Role } from '@/api/contract'
import type { Emoji } from '@/features/emoji/emoji-data'
import { nameOf } from '@/features/members/member-names'
import { folded } from '@/i18n/folded'

export type Suggestion =
  | { kind: 'member'; key: string; member: Member }
  | { kind: 'role'; key: string; role: Role }
  | { kind: 'everyone'; key: string }
  | { kind: 'channel'; key: string; channel: Channel }
  | { kind: 'emoji'; key: string; emoji: Emoji; text: string }

const most = 10
const names = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true })

/** What stands in the text when a suggestion is chosen. */
export function textOf(suggestion: Suggestion): string {
  switch (suggestion.kind) {
    case 'member':
      return `@${suggestion.member.user.username}`
    case 'role':
      return `@${suggestion.role.name}`
    case 'everyone':
      return '@everyone'
    case 'channel':
      return `#${suggestion.channel.name}`
    case 'emoji':
      return suggestion.text
  }
}

/** Members, then roles and everyone as far as they are given; the best first. */
export function namesFor(query: string, members: Member[], roles: Role[], everyone: boolean): Suggestion[] {
  const byName = [...members].sort((left, right) => names.compare(nameOf(left), nameOf(right)))
  const people = ranked(query, byName, ({ user, nickname }) => [
    user.username,
    user.display_name,
    ...(nickname ? [nickname] : []),
  ]).map(({ item, rank }) => ({
    rank,
    suggestion: { kind: 'member', key: `member-${item.user.id}`, member: item } as const,
  }))
  const held = ranked(query, roles, (role) => [role.name]).map(({ item, rank }) => ({
    rank,
    suggestion: { kind: 'role', key: `role-${item.id}`, role: item } as const,
  }))
  const all = ranked(query, everyone ? ['everyone'] : [], (name) => [name]).map(({ rank }) => ({
    rank,
    suggestion: { kind: 'everyone', key: 'everyone' } as const,
  }))
  // Whoever is named by a word comes before what merely holds it; there is always room for roles and everyone.
  const others = [...held, ...all].slice(0, most / 2)
  return [...people.slice(0, most - others.length), ...others]
    .sort((left, right) => left.rank - right.rank)
    .map(({ suggestion }) => suggestion)
}

export function channelsFor(query: string, channels: Channel[]): Suggestion[] {
  const open = channels.filter((channel) => channel.kind !== 'folder')
  return ranked(query, open, (channel) => [channel.name])
    .slice(0, most)
    .map(({ item }) => ({ kind: 'channel', key: `channel-${item.id}`, channel: item }))
}

interface Ranked<Item> {
  item: Item
  rank: number
}

function ranked<Item>(query: string, items: Item[], namesOf: (item: Item) => string[]): Ranked<Item>[] {
  const sought = folded(query)
  return items
    .map((item) => ({ item, rank: Math.min(...namesOf(item).map((name) => rankOf(folded(name), sought))) }))
    .filter(({ rank }) => rank < Number.POSITIVE_INFINITY)
    .sort((left, right) => left.rank - right.rank)
}

/** 0: it begins so; 1: a word of it does; 2: it holds it. With a space it must begin so, or every text would match. */
function rankOf(name: string, sought: string): number {
  if (name.startsWith(sought)) return 0
  if (/\s/.test(sought)) return Number.POSITIVE_INFINITY
  if (name.split(/[\s_.-]+/).some((word) => word.startsWith(sought))) return 1
  return name.includes(sought) ? 2 : Number.POSITIVE_INFINITY
}
