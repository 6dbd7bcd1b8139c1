import { describe, expect, it, test } from 'vitest'
import { drawnPlainly as html } from '@/testing/drawn'
import { conversationOf, hostToShow, safeAddress } from './addresses'

describe('hostile addresses', () => {
  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' javascript:alert(1)',
    'java\nscript:alert(1)',
    '\u0001javascript:alert(1)',
    'javascript&colon;alert(1)',
    '&#106;avascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://example.org/1',
    '//example.org',
    '/api/v1/auth/logout',
    '',
  ])('%j is not followed', (address) => {
    expect(safeAddress(address)).toBeNull()
    for (const text of [`[a](${address})`, `<${address}>`, `[a]\n\n[a]: <${address}>`, `![a](${address})`]) {
      expect(html(text), text).not.toContain('href')
    }
  })

  it('knows the web and mail', () => {
    expect(safeAddress('http://example.org')).toBe('http://example.org/')
    expect(safeAddress('mailto:a@example.org')).toBe('mailto:a@example.org')
    expect(safeAddress('www.example.org')).toBe('https://www.example.org/')
  })
})

describe('where a link leads', () => {
  it.each([
    ['the news', 'https://example.org/news'],
    ['https://example.org/', 'https://example.org/'],
    ['example.org', 'https://www.example.org/a?b'],
    ['www.example.org', 'http://www.example.org'],
    ['Example.ORG/a', 'https://example.org/b'],
    ['a@example.org', 'mailto:a@example.org'],
    ['https://bücher.example', 'https://bücher.example'],
    ['https://россия.рф', 'https://россия.рф'],
    ['https://日本語かな.example', 'https://日本語かな.example'],
  ])('is honest: %s to %s', (text, address) => {
    expect(hostToShow(text, address)).toBeNull()
  })

  it.each([
    ['https://bank.example', 'https://evil.example/login', 'evil.example'],
    ['bank.example', 'https://evil.example', 'evil.example'],
    ['go to BANK.example now', 'https://evil.example', 'evil.example'],
    ['ba\u200Bnk.exa\u00ADmple', 'https://evil.example', 'evil.example'],
    ['bank.\u200Bexample', 'https://evil.example', 'evil.example'],
    ['bank．example', 'https://evil.example', 'evil.example'],
    ['bank。example', 'https://evil.example', 'evil.example'],
    ['127.0.0.1', 'https://evil.example', 'evil.example'],
    ['elpmaxe.knab\u202E', 'https://evil.example', 'evil.example'],
    ['bank.example.evil.example', 'https://bank.example', 'bank.example'],
    ['https://bank.example@evil.example/', 'https://bank.example@evil.example/', 'evil.example'],
    ['bank.example', 'https://bank.example:8443', null],
    ['https://аррӏе.com', 'https://аррӏе.com', 'xn--80ak6aa92e.com'],
    ['https://pаypal.com', 'https://pаypal.com', 'xn--pypal-4ve.com'],
    ['pаypal.com', 'https://pаypal.com', 'xn--pypal-4ve.com'],
  ])('is told beside the text: %s to %s', (text, address, host) => {
    expect(hostToShow(text, address)).toBe(host)
  })

  it('stands in the link', () => {
    expect(html('[https://bank.example](https://evil.example)')).toContain(
      'https://bank.example<span> (evil.example)</span></a>',
    )
    expect(html('see https://pаypal.com now')).toContain('(xn--pypal-4ve.com)')
    expect(html('a [](https://evil.example)')).toContain('>https://evil.example</a>')
  })
})

test.each([
  ['https://beep.example/channels/1/2', { name: 'channel', serverId: '1', channelId: '2' }],
  ['https://beep.example/channels/1/2/3', { name: 'channel', serverId: '1', channelId: '2', messageId: '3' }],
  ['https://beep.example/channels/1/2/x', null],
  ['https://beep.example/settings', null],
  ['http://beep.example/channels/1/2', null],
  ['https://beep.example.org/channels/1/2/3', null],
  ['mailto:me@beep.example', null],
])('%s leads to %j', (href, place) => {
  expect(conversationOf(href, 'https://beep.example')).toEqual(place)
})
