/**
 * What Beep adds to markdown: spoilers (`||…||`), references (`<t:0:R>`, `<@1>`, `<@&1>`, `<#1>`), and the mentions that
 * the server found in a message. Each is an extension of the parser, so that escapes and code keep their meaning.
 */
import type { Literal, Parent, PhrasingContent } from 'mdast'
import type { Extension as TreeExtension } from 'mdast-util-from-markdown'
import type { Code, Construct, Event, Extension, State, Token, TokenizeContext } from 'micromark-util-types'
import type { MentionToken } from '@/api/contract'

export interface Spoiler extends Parent {
  type: 'spoiler'
  children: PhrasingContent[]
}

/** A moment; `value` is what was typed. */
export interface Moment extends Literal {
  type: 'moment'
  seconds: number
  style: string
}

/** Somebody or something that is named; `value` is what was typed. */
export interface Mention extends Literal {
  type: 'mention'
  kind: MentionToken['kind']
  id: string | null
  /** Whether the server vouches for it: it knew the name when the message was sent. */
  vouched: boolean
}

declare module 'mdast' {
  interface PhrasingContentMap {
    spoiler: Spoiler
    moment: Moment
    mention: Mention
  }
  interface RootContentMap {
    spoiler: Spoiler
    moment: Moment
    mention: Mention
  }
}

declare module 'micromark-util-types' {
  interface TokenTypeMap {
    spoiler: 'spoiler'
    spoilerSequence: 'spoilerSequence'
    spoilerMarker: 'spoilerMarker'
    reference_: 'reference_'
    mention: 'mention'
  }
}

const bar = 124
const less = 60
const greater = 62
const longestReference = 40
const moment = /^<t:(-?\d{1,13})(?::([tTdDfFR]))?>$/
const identity = /^<(@!?|@&|#)(\d{1,20})>$/
const kinds: Record<string, MentionToken['kind']> = {
  '@': 'user',
  '@!': 'user',
  '@&': 'role',
  '#': 'channel',
}
/** As the server finds names: not within words, addresses and links. */
const wordCharacter = /[\p{L}\p{N}]/u
const nameless = /[\p{L}\p{N}/@#<&\\.=?-]/u

/** The extension of the parser for a message in which the server found these mentions. */
export function beepSyntax(mentions: readonly MentionToken[]): Extension {
  const text: Record<number, Construct[]> = { [bar]: [spoilerMark], [less]: [reference] }
  // The longest first: of `@ada` and `@ada.b` the one that was meant is the longer one.
  const texts = [...new Set(mentions.map((mention) => mention.text))].sort((a, b) => b.length - a.length)
  for (const name of texts) {
    if (name === '') continue
    const first = name.charCodeAt(0)
    text[first] = [...(text[first] ?? []), mentionOf(name)]
  }
  return { text, insideSpan: { null: [spoilerMark] } }
}

/** Two bars; any two may open and close a spoiler, for what stays hidden by mistake does less harm. */
const spoilerMark: Construct = {
  name: 'spoiler',
  resolveAll: pairSpoilers,
  tokenize(effects, ok, nok) {
    let size = 0
    const more: State = (code) => {
      if (code === bar) {
        if (size === 2) return nok(code)
        size += 1
        effects.consume(code)
        return more
      }
      if (size < 2) return nok(code)
      effects.exit('spoilerMarker')
      return ok(code)
    }
    return (code) => {
      effects.enter('spoilerMarker')
      return more(code)
    }
  },
  previous(code) {
    return code !== bar || this.events.at(-1)?.[1].type === 'characterEscape'
  },
}

/** Makes spoilers of the marks, two and two; a mark without another is text. */
function pairSpoilers(events: Event[], context: TokenizeContext): Event[] {
  const paired: Event[] = []
  let opened: number | null = null
  for (const event of events) {
    const [kind, token] = event
    paired.push(event)
    if (token.type !== 'spoilerMarker' || kind !== 'exit') continue
    if (opened === null) {
      opened = paired.length
      continue
    }
    const closing = paired.splice(-2)
    const inside = paired.splice(opened)
    const opening = paired.splice(-2)
    paired.push(...spoilerOf(opening, inside, closing, context))
    opened = null
  }
  for (const [, token] of paired) if (token.type === 'spoilerMarker') token.type = 'data'
  // The parser holds on to the list that it gave.
  events.length = 0
  for (const event of paired) events.push(event)
  return events
}

function spoilerOf(opening: Event[], inside: Event[], closing: Event[], context: TokenizeContext): Event[] {
  const [first, last] = [opening[0]?.[1], closing[0]?.[1]]
  if (!first || !last) return [...opening, ...inside, ...closing]
  first.type = 'spoilerSequence'
  last.type = 'spoilerSequence'
  const spoiler: Token = { type: 'spoiler', start: { ...first.start }, end: { ...last.end } }
  let resolved = inside
  const seen = new Set<unknown>()
  for (const { resolveAll } of context.parser.constructs.insideSpan.null ?? []) {
    if (!resolveAll || seen.has(resolveAll)) continue
    seen.add(resolveAll)
    resolved = resolveAll(resolved, context)
  }
  return [['enter', spoiler, context], ...opening, ...resolved, ...closing, ['exit', spoiler, context]]
}

const reference: Construct = {
  name: 'reference_',
  tokenize(effects, ok, nok) {
    let text = ''
    const inside: State = (code) => {
      if (code === null || code <= 32 || text.length >= longestReference) return nok(code)
      text += String.fromCharCode(code)
      if (code === greater && !moment.test(text) && !identity.test(text)) return nok(code)
      effects.consume(code)
      if (code !== greater) return inside
      effects.exit('reference_')
      return ok
    }
    return (code) => {
      effects.enter('reference_')
      return inside(code)
    }
  },
}

/** The name as it was typed, not as a part of a longer word. */
function mentionOf(name: string): Construct {
  return {
    name: 'mention',
    previous: (code) => !isOf(nameless, code),
    tokenize(effects, ok, nok) {
      let index = 0
      const inside: State = (code) => {
        if (index === name.length) {
          if (isOf(wordCharacter, code)) return nok(code)
          effects.exit('mention')
          return ok(code)
        }
        if (code !== name.charCodeAt(index)) return nok(code)
        index += 1
        effects.consume(code)
        return inside
      }
      return (code) => {
        effects.enter('mention')
        return inside(code)
      }
    },
  }
}

function isOf(characters: RegExp, code: Code): boolean {
  return code !== null && code > 0 && characters.test(String.fromCharCode(code))
}

/** What the parser found, as nodes of the tree. */
export function beepTree(mentions: readonly MentionToken[]): TreeExtension {
  return {
    canContainEols: ['spoiler'],
    enter: {
      spoiler(token) {
        this.enter({ type: 'spoiler', children: [] }, token)
      },
      reference_(token) {
        this.enter(referenceOf(this.sliceSerialize(token), mentions), token)
      },
      mention(token) {
        const value = this.sliceSerialize(token)
        const found = mentions.find(({ text }) => text === value)
        const { kind, id } = found ?? { kind: 'user', id: null }
        this.enter({ type: 'mention', value, kind, id: id ?? null, vouched: true }, token)
      },
    },
    exit: { spoiler: leave, reference_: leave, mention: leave },
  }
}

function leave(this: { exit: (token: Token) => void }, token: Token): void {
  this.exit(token)
}

function referenceOf(value: string, mentions: readonly MentionToken[]): Moment | Mention {
  const named = identity.exec(value)
  if (named) {
    const kind = kinds[named[1] ?? ''] ?? 'user'
    return {
      type: 'mention',
      value,
      kind,
      id: named[2] ?? null,
      vouched: mentions.some(({ text }) => text === value),
    }
  }
  const [, seconds, style] = moment.exec(value) ?? []
  return { type: 'moment', value, seconds: Number(seconds), style: style ?? 'f' }
}
