import { setupI18n } from '@lingui/core'
import { I18nProvider } from '@lingui/react'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import type { Embed, EmbedPlayer } from '@/api/contract'
import { withoutEmbeds } from '@/state/message-changes'
import { sampleMessage } from '@/testing/samples'
import { EmbedCard } from './EmbedCard'
import { isSign, sizeWithin } from './picture-size'
import { frameAddress } from './players'

const i18n = setupI18n({ locale: 'en', messages: { en: {} } })
const image = { url: '/api/v1/pictures/a.jpg', width: 800, height: 600, placeholder: null }
const youtube: EmbedPlayer = {
  kind: 'youtube',
  id: 'dQw4w9WgXcQ',
  url: 'https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ',
  width: 16,
  height: 9,
}

function card(changes: Partial<Embed>, onRemove: (() => void) | null = null): string {
  const embed: Embed = { url: 'https://a.example/page', kind: 'link', ...changes }
  return renderToStaticMarkup(
    <I18nProvider i18n={i18n}>
      <EmbedCard embed={embed} onRemove={onRemove} />
    </I18nProvider>,
  )
}

describe('the place of a picture', () => {
  it('is within its limits, in its own proportions', () => {
    expect(sizeWithin(800, 600)).toEqual({ width: 400, height: 300 })
    expect(sizeWithin(800, 200)).toEqual({ width: 400, height: 100 })
    expect(sizeWithin(300, 800)).toEqual({ width: 113, height: 300 })
    expect(sizeWithin(40, 30)).toEqual({ width: 40, height: 30 })
    expect(sizeWithin(800, 1)).toEqual({ width: 400, height: 1 })
  })

  it('is beside the text for a mere sign of the page', () => {
    expect([isSign(64, 64), isSign(160, 90), isSign(400, 400)]).toEqual([true, true, true])
    expect([isSign(800, 420), isSign(800, 800), isSign(400, 200)]).toEqual([false, false, false])
  })

  it('is kept before it is there', () => {
    const html = card({ title: 'A', image })
    expect(html).toContain('width="400" height="300"')
    expect(html).toContain('aspect-ratio:400 / 300')
  })
})

describe('a preview', () => {
  it('says where it leads, whatever the page calls itself', () => {
    const html = card({ url: 'https://evil.example/login', title: 'bank.example', provider: 'The Bank' })
    expect(html).toContain('<bdi>The Bank</bdi> · <bdi>evil.example</bdi>')
    expect(html).toMatch(/href="https:\/\/evil\.example\/login"[^>]*rel="noopener noreferrer"/)
    expect(html).toContain('(evil.example)')
  })

  it('shows text as text', () => {
    const html = card({ title: '<b>a</b>', description: '**x** <img src=x>', author: '<i>', provider: '<u>' })
    expect(html).not.toMatch(/<(b|i|u)>|<img/)
    expect(html).toContain('**x** &lt;img src=x&gt;')
  })

  it('has a stripe in the colour of the page', () => {
    expect(card({ title: 'A', color: '#ff8800' })).toContain('--stripe:#ff8800')
    expect(card({ title: 'A' })).not.toContain('--stripe')
  })

  it('of a picture alone is the picture', () => {
    const html = card({ kind: 'image', image })
    expect(html).toContain('alt="Picture from a.example"')
    expect(html).not.toContain('<section')
  })

  it('has a button to remove it for who may', () => {
    expect(card({ title: 'A' }, () => {})).toContain('aria-label="Remove the previews"')
    expect(card({ title: 'A' })).not.toContain('Remove the previews')
  })

  it('contacts nobody but Beep before it is asked to', () => {
    const html = card({ kind: 'video', title: 'A song', provider: 'YouTube', image, player: youtube })
    expect(html).not.toContain('<iframe')
    expect(html).not.toContain('youtube-nocookie')
    expect(html).toContain('aria-label="Play A song from YouTube"')
    expect([...html.matchAll(/src="([^"]*)"/g)].map(([, src]) => src)).toEqual([image.url])
  })
})

describe('a player', () => {
  it('is framed from where it is, and from nowhere else', () => {
    expect(frameAddress(youtube)).toBe(`${youtube.url}?autoplay=1`)
    const spotify = 'https://open.spotify.com/embed/track/4uLU6hMCjMI75M1A2tKUQC'
    expect(frameAddress({ ...youtube, kind: 'spotify', url: spotify })).toBe(spotify)
    const twitter = 'https://platform.twitter.com/embed/Tweet.html?dnt=true&id=20'
    expect(frameAddress({ ...youtube, kind: 'twitter', url: twitter })).toBe(twitter)
    for (const url of [
      spotify,
      'https://www.youtube.com/embed/dQw4w9WgXcQ',
      'http://www.youtube-nocookie.com/embed/x',
      'https://www.youtube-nocookie.com.evil.example/embed/x',
      'https://a:b@www.youtube-nocookie.com/embed/x',
      'javascript:alert(1)',
      '',
    ]) {
      expect(frameAddress({ ...youtube, url }), url).toBeNull()
    }
    expect(
      card({ kind: 'video', title: 'A', player: { ...youtube, url: 'https://evil.example' } }),
    ).not.toContain('Play A')
  })
})

describe('removed previews', () => {
  it('are gone from the message that had them, and from no other', () => {
    const embed: Embed = { url: 'https://a.example/', kind: 'link', title: 'A' }
    const items = [sampleMessage(1, { embeds: [embed] }), sampleMessage(2, { embeds: [embed] })]
    const log = withoutEmbeds(
      { items, hasOlder: false, lastSeq: 2, state: 'ready', changes: 0, apart: null, holeAfter: null },
      '1',
    )
    expect(log.items.map((message) => message.embeds.length)).toEqual([0, 1])
  })
})
