import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { MentionToken } from '@/api/contract'
import { noMembers, withMember } from '@/state/server-members'
import { resetStore, useStore } from '@/state/store'
import { drawn, drawnPlainly as html } from '@/testing/drawn'
import { sampleChannel, sampleMember, sampleRole } from '@/testing/samples'
import { spellMoment } from './moments'

describe('spoilers', () => {
  const hidden = (content: string) =>
    [...drawn(content).matchAll(/hidden[^"]*">(.*?)<\/span><\/span>/gs)].map((match) => match[1])

  it('hides what stands between two bars, however it looks', () => {
    expect(hidden('a ||b|| c ||*d* e||')).toEqual(['b', '<em>d</em> e'])
    expect(hidden('a || b || c')).toEqual([' b '])
    expect(hidden('**a ||b||** ||c\nd||')).toEqual(['b', 'c\nd'])
    expect(hidden('||**a** [b](https://c.example)||')[0]).toContain('<a ')
  })

  it('is opened by a button that says so', () => {
    expect(drawn('||a||')).toContain('role="button" tabindex="0" aria-label="Spoiler, show it"')
  })

  it('leaves alone what is escaped, code, or has no end', () => {
    for (const content of ['\\||a||', '`||a||`', '```\n||a||\n```', '||a', 'a || b', '|||', '||||']) {
      expect(hidden(content), content).toEqual([])
    }
  })

  it('never overlaps other marks', () => {
    expect(html('**a ||b** c||')).toBe('<div><p><strong>a ||b</strong> c||</p></div>')
    expect(hidden('||a ~~b|| c~~')).toEqual(['a ~~b'])
  })
})

describe('moments', () => {
  it('shows them with the exact time', () => {
    const shown = html('at <t:1792000000:D>, <t:0>')
    expect(shown).toContain('<time dateTime="2026-10-14T17:46:40.000Z"')
    expect(shown).toMatch(/title="Wednesday[^"]*14 October 2026[^"]*">14 October 2026</)
    expect(shown).toContain('dateTime="1970-01-01T00:00:00.000Z"')
  })

  it.each(['<t:>', '<t:1:Q>', '<t:99999999999999>', '<t:9999999999999>', '\\<t:1>', '`<t:1>`'])(
    '%s is text',
    (content) => {
      expect(html(content)).not.toContain('<time')
    },
  )

  it('spells each style in the language of the reader', () => {
    const spell = (style: string, locale = 'en') =>
      spellMoment(1_792_000_000, style, locale, 1_792_000_000 + 3 * 86_400)
    expect(spell('R')).toBe('3 days ago')
    expect(spell('R', 'fr')).toBe('il y a 3 jours')
    expect(spell('D', 'fr')).toBe('14 octobre 2026')
    expect(spell('d')).toBe('14/10/2026')
    expect(spellMoment(130, 'R', 'en', 0)).toBe('in 2 minutes')
    expect(spellMoment(0, 'R', 'en', 0)).toBe('now')
  })
})

describe('mentions', () => {
  beforeEach(() => {
    useStore.setState({
      members: { '1': withMember(noMembers(), sampleMember('9', '1', { nickname: 'Countess' })) },
      roles: { '5': sampleRole('5', '1', { name: 'Board *now*', color: '#c4213d' }) },
      channels: { '7': sampleChannel('7', '1', { name: 'news' }) },
    })
  })
  afterEach(() => resetStore('no'))

  const tokens: MentionToken[] = [
    { text: '@_ada_', kind: 'user', id: '9' },
    { text: '@ada', kind: 'user', id: '8' },
    { text: '@ada.b', kind: 'user', id: '9' },
    { text: '@Board *then*', kind: 'role', id: '5' },
    { text: '#old-news', kind: 'channel', id: '7' },
    { text: '#secret', kind: 'channel', id: '70' },
    { text: '<@77>', kind: 'user', id: '77' },
    { text: '@everyone', kind: 'everyone', id: null },
  ]
  const pills = (content: string) =>
    [...drawn(content, tokens).matchAll(/<(\w+)[^>]*class="[^"]*mention[^"]*"[^>]*>(.*?)<\/\1>/g)].map(
      (match) => match[2],
    )

  it('shows whom it names by their name of today', () => {
    expect(pills('@_ada_, see #old-news; @Board *then* and @everyone!')).toEqual([
      '@Countess',
      '#news',
      '@Board *now*',
      '@everyone',
    ])
    expect(drawn('#old-news', tokens)).toContain('href="/channels/1/7"')
    expect(drawn('@Board *then*', tokens)).toContain('--name-color')
  })

  it('keeps the text of whom is not known here, and of what may not be seen', () => {
    expect(pills('@ada')).toEqual(['@ada'])
    expect(pills('#secret')).toEqual([])
    expect(html('#secret', tokens)).toBe('<div><p>#secret</p></div>')
  })

  it('knows ids, as long as they are seen', () => {
    expect(pills('<@9> <@!9> <@&5> <#7>')).toEqual(['@Countess', '@Countess', '@Board *now*', '#news'])
    expect(pills('<@77> <@78>')).toEqual(['&lt;@77&gt;'])
    expect(html('<@404> <@&404> <#404>')).toBe(
      '<div><p>&lt;@404&gt; &lt;@&amp;404&gt; &lt;#404&gt;</p></div>',
    )
  })

  it('finds names as words, and none in code or behind an escape', () => {
    expect(pills('x@ada /@ada @adam _@ada_ (@ada) @ada. \n@ada')).toEqual(Array(4).fill('@ada'))
    expect(pills('@ada.b @ada')).toEqual(['@Countess', '@ada'])
    expect(pills('`@ada` \\@ada\n\n```\n@ada\n```')).toEqual([])
  })

  it('makes nothing of names that the server did not find', () => {
    expect(html('@ada #news @everyone')).toBe('<div><p>@ada #news @everyone</p></div>')
  })
})
