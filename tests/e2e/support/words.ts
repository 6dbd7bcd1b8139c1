/** The client's texts, so that a test can find its way in every language. */
import { readFileSync } from 'node:fs'

export type Language = 'en' | 'fr'

/** Gives the text for its English original; `{0}`, `{name}` … are filled in order of the values. */
export type Words = (english: string, ...values: string[]) => string

export function wordsOf(language: Language): Words {
  const catalogue = language === 'en' ? new Map<string, string>() : catalogueOf(language)
  return (english, ...values) => {
    const text = language === 'en' ? english : catalogue.get(english)
    if (!text) throw new Error(`no text for "${english}" in ${language}`)
    let index = 0
    return text.replace(/\{[\w.]+\}/g, () => values[index++] ?? '')
  }
}

function catalogueOf(language: Language): Map<string, string> {
  const files = ['', 'later/'].map((part) => new URL(`../../../web/src/i18n/locales/${part}${language}.po`, import.meta.url))
  const entries = files.flatMap((file) => readFileSync(file, 'utf8').split('\n\n')).map((entry) => [textOf(entry, 'msgid'), textOf(entry, 'msgstr')] as const)
  return new Map(entries.filter(([original]) => original !== ''))
}

/** The text behind a keyword, which may go on over several lines. */
function textOf(entry: string, keyword: string): string {
  const lines = entry.split('\n')
  const start = lines.findIndex((line) => line.startsWith(`${keyword} `))
  if (start < 0) return ''
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('"'))
  const parts = lines.slice(start, end < 0 ? undefined : end)
  return parts.map((line) => JSON.parse(line.slice(line.indexOf('"'))) as string).join('')
}
