import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { formatter } from '@lingui/format-po'
import { describe, expect, it } from 'vitest'

interface Entry {
  message?: string
  translation?: string
}

async function read(part: string, language: string): Promise<Record<string, Entry>> {
  const filename = fileURLToPath(new URL(`./locales/${part}${language}.po`, import.meta.url))
  const context = { locale: language, sourceLocale: 'en', filename }
  return (await formatter().parse(readFileSync(filename, 'utf8'), context)) as Record<string, Entry>
}

/** The names of what is filled in, for example `count` or `0`. */
function placeholders(text: string): string[] {
  return [...text.matchAll(/[{<](\w+)/g)].map((match) => match[1] ?? '').sort()
}

describe.each(['', 'later/'])('the French catalogue %s', (part) => {
  it('translates every text', async () => {
    const french = await read(part, 'fr')
    const missing = Object.values(french).filter((entry) => !entry.translation?.trim())
    expect(missing.map((entry) => entry.message)).toEqual([])
  })

  it('has the same texts as the English one', async () => {
    expect(Object.keys(await read(part, 'fr')).sort()).toEqual(Object.keys(await read(part, 'en')).sort())
  })

  it('fills in the same things', async () => {
    for (const { message = '', translation = '' } of Object.values(await read(part, 'fr'))) {
      if (!message.includes('plural,'))
        expect(placeholders(translation), message).toEqual(placeholders(message))
    }
  })
})
