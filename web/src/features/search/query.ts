/** What is looked for, as it is typed: words, and filters such as `from:ada`. Pure. */
import type { Id, SearchQuery } from '@/api/contract'
import { folded } from '@/i18n/folded'
import { type Filter, type FilterKind, hasNames, kinds } from './filters'

/** How a filter is begun, in each language; all are understood in all. */
const keys: Record<'en' | 'fr', Record<FilterKind, string>> = {
  en: {
    from: 'from',
    in: 'in',
    has: 'has',
    before: 'before',
    after: 'after',
    mentions: 'mentions',
    pinned: 'pinned',
  },
  fr: {
    from: 'de',
    in: 'dans',
    has: 'contient',
    before: 'avant',
    after: 'après',
    mentions: 'mentionne',
    pinned: 'épinglé',
  },
}

const kindByKey = new Map(
  Object.values(keys).flatMap((words) => kinds.map((kind) => [folded(words[kind]), kind] as const)),
)

/** What begins a filter in a language: `from:`. */
export function beginningOf(kind: FilterKind, language: string): string {
  return `${keys[language === 'fr' ? 'fr' : 'en'][kind]}:`
}

/** A filter that is being typed, or was. */
export interface Typed {
  kind: FilterKind
  query: string
  /** Where it stands in the text. */
  start: number
  end: number
}

const typedFilter = /(?<=^|\s)(\p{L}+):(?:"([^"]*)"|([^\s"]*))(?=\s|$)/gu

/** All filters in a text. */
function typedIn(text: string): Typed[] {
  return [...text.matchAll(typedFilter)].flatMap((found) => {
    const kind = kindByKey.get(folded(found[1] ?? ''))
    const start = found.index
    const end = start + found[0].length
    return kind ? [{ kind, query: found[2] ?? found[3] ?? '', start, end }] : []
  })
}

/** The filter that is being typed at the caret. */
export function typedAt(text: string, caret: number): Typed | null {
  return typedIn(text.slice(0, caret)).find(({ end }) => end === caret) ?? null
}

/** Filters that are typed to their end: something follows. */
export function typedWhole(text: string): Typed[] {
  return typedIn(text).filter(({ query, end }) => query !== '' && end < text.length)
}

/** The text without a part of it, and without the space after that. */
export function without(text: string, { start, end }: Pick<Typed, 'start' | 'end'>): string {
  return text.slice(0, start) + text.slice(end).replace(/^\s/, '')
}

/** What is looked for besides filters: what is still being typed of one is no word. */
export function wordsOf(text: string): string {
  const rest = typedIn(text).reduceRight(without, text)
  return rest.trim() === '' ? '' : rest.trimStart()
}

/** A day that was typed, if there is such a day: `2026-11-25`. */
export function dayOf(text: string): string | null {
  const found = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text)
  if (!found) return null
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])]
  const date = new Date(year, month - 1, day)
  return date.getMonth() === month - 1 && date.getDate() === day ? dayNumber(date) : null
}

/** A day at the reader's place as it is typed. */
export function dayNumber(date: Date): string {
  const [month, day] = [date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0'))
  return `${String(date.getFullYear()).padStart(4, '0')}-${month}-${day}`
}

export type Sort = NonNullable<SearchQuery['sort']>

/** What is looked for, and where. */
export interface Wanted {
  serverId: Id
  /** Null for the whole server. */
  channelId: Id | null
  words: string
  filters: Filter[]
  sort: Sort
}

/** Whether anything is looked for. */
export function isAnything({ words, filters }: Wanted): boolean {
  return words.trim() !== '' || filters.some(({ kind }) => kind !== 'in')
}

/** The channels to look in; empty for all. Who names channels looks in the whole server for them. */
export function channelsOf({ filters }: Wanted): Id[] {
  return valuesOf(filters, 'in')
}

/** What the server is asked. */
export function queryOf({ words, filters, sort }: Wanted): SearchQuery {
  const one = (kind: FilterKind) => valuesOf(filters, kind)[0]
  const [authors, has] = [valuesOf(filters, 'from'), hasNames.filter((name) => holds(filters, name))]
  const [before, after, mentions, pinned] = [one('before'), one('after'), one('mentions'), one('pinned')]
  return {
    ...(words.trim() ? { query: words } : {}),
    ...(authors.length > 0 ? { author: authors } : {}),
    ...(has.length > 0 ? { has } : {}),
    ...(mentions ? { mentions } : {}),
    ...(pinned ? { pinned: pinned === 'true' } : {}),
    // Days are those of the reader's place.
    ...(before ? { before: momentOf(before, 0) } : {}),
    ...(after ? { after: new Date(Date.parse(momentOf(after, 1)) - 1).toISOString() } : {}),
    sort,
  }
}

/** Where a day begins, or the one so many days later. */
function momentOf(day: string, later: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return new Date(year, month - 1, date + later).toISOString()
}

function valuesOf(filters: Filter[], kind: FilterKind): string[] {
  return filters.filter((filter) => filter.kind === kind).map(({ value }) => value)
}

function holds(filters: Filter[], name: string): boolean {
  return valuesOf(filters, 'has').includes(name)
}
