/** Which addresses may be followed, and where they lead, told honestly. Pure. */
import { parseRoute } from '@/app/router'

/** An address that may be followed, or null: the web and mail only. */
export function safeAddress(address: string): string | null {
  const withScheme = address.startsWith('www.') ? `https://${address}` : address
  if (!URL.canParse(withScheme)) return null
  const url = new URL(withScheme)
  return ['http:', 'https:', 'mailto:'].includes(url.protocol) ? url.href : null
}

/** The conversation of this Beep, or the message in one, that an address leads to; null when it leads elsewhere. */
export function conversationOf(href: string, origin = globalThis.location?.origin) {
  const url = new URL(href)
  if (url.origin !== origin) return null
  const route = parseRoute(url.pathname)
  return route.name === 'channel' ? route : null
}

/**
 * The host that is to stand beside a link because its text might make one think of another one; null when the text is
 * honest. `address` is as it was typed.
 */
export function hostToShow(text: string, address: string): string | null {
  const href = safeAddress(address)
  if (!href || href.startsWith('mailto:')) return null
  const url = new URL(href)
  if (url.username !== '' || url.password !== '' || reordering.test(text)) return url.host
  const named = [...skeleton(text).matchAll(hostLike)].map(([host]) => host)
  if (named.some((host) => !sameHost(host, url.hostname))) return url.host
  if (looksLatin(named.length > 0 ? named.join('.') : typedHost(address))) return url.host
  return null
}

/** Marks by which text is shown in another order than it is written. */
const reordering = /[\u202A-\u202E\u2066-\u2069\u200E\u200F\u061C]/
/** Characters that are not seen. */
const unseen = /\p{Default_Ignorable_Code_Point}/gu
const hostLike = /(?:[\p{L}\p{N}\p{M}_-]+\.)+(?:[\p{L}\p{M}]{2,}|xn--[a-z0-9-]+)|\d{1,3}(?:\.\d{1,3}){3}/gu

/** What the eye makes of a text. */
function skeleton(text: string): string {
  return text
    .replace(unseen, '')
    .normalize('NFKC')
    .replace(/[。｡․]/g, '.')
}

function sameHost(shown: string, hostname: string): boolean {
  const address = `https://${shown}`
  if (!URL.canParse(address)) return false
  return bare(new URL(address).hostname) === bare(hostname)
}

function bare(hostname: string): string {
  return hostname.replace(/^www\./, '').replace(/\.$/, '')
}

function typedHost(address: string): string {
  return /^(?:[a-z][a-z0-9+.-]*:\/*)?([^/?#]*)/i.exec(address)?.[1] ?? ''
}

/** Scripts that are written together. */
const together = [
  ['Latin', 'Han', 'Hiragana', 'Katakana', 'Bopomofo'],
  ['Latin', 'Han', 'Hangul'],
]
const scripts = [
  'Latin',
  'Cyrillic',
  'Greek',
  'Han',
  'Hiragana',
  'Katakana',
  'Bopomofo',
  'Hangul',
  'Arabic',
  'Hebrew',
]
const letterOf = new Map(scripts.map((script) => [script, new RegExp(`\\p{Script=${script}}`, 'u')]))
/** Cyrillic and Greek letters that look like Latin ones. */
const lookalikes = /^[асԁеһіјӏорԛѕԝхуъьҽпгѵѡкмтвнαβγεικνορτυχ0-9-]+$/i

/** Whether a host might be taken for another: it mixes scripts, or is written in letters that look like others. */
function looksLatin(host: string): boolean {
  return host
    .split('.')
    .filter((label) => /[^\0-\x7F]/.test(label))
    .some((label) => mixesScripts(label) || lookalikes.test(label))
}

function mixesScripts(label: string): boolean {
  const used = new Set<string>()
  for (const letter of label) {
    if (!/\p{L}/u.test(letter)) continue
    used.add(scripts.find((script) => letterOf.get(script)?.test(letter)) ?? 'other')
  }
  return used.size > 1 && !together.some((group) => [...used].every((script) => group.includes(script)))
}
