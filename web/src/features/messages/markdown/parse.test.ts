import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { Markdown } from './Markdown'
import { parseMessage, safeAddress } from './parse'

function html(content: string): string {
  return renderToStaticMarkup(createElement(Markdown, { content })).replace(/ class="[^"]*"/g, '')
}

describe('markdown', () => {
  it('knows emphasis, strong, strikethrough and inline code', () => {
    expect(html('*a* **b** ~~c~~ `d`')).toBe(
      '<div><p><em>a</em> <strong>b</strong> <del>c</del> <code>d</code></p></div>',
    )
  })

  it('keeps line breaks as typed', () => {
    expect(html('a\nb  \nc')).toBe('<div><p>a\nb\nc</p></div>')
  })

  it('knows lists, quotes and headings', () => {
    expect(html('> a')).toBe('<div><blockquote><p>a</p></blockquote></div>')
    expect(html('- a\n- b')).toBe('<div><ul><li><p>a</p></li><li><p>b</p></li></ul></div>')
    expect(html('3. a')).toBe('<div><ol start="3"><li><p>a</p></li></ol></div>')
    expect(html('# a')).toBe('<div><p>a</p></div>')
  })

  it('links addresses, named or bare, to a new page without a referrer', () => {
    const rest = 'target="_blank" rel="noopener noreferrer"'
    expect(html('[a](https://example.org/)')).toContain(`<a href="https://example.org/" ${rest}`)
    expect(html('see https://example.org/x.')).toContain(`<a href="https://example.org/x" ${rest}`)
    expect(html('![cat](https://example.org/cat.png)')).toContain('>cat</a>')
  })

  it('shows HTML as text', () => {
    expect(html('<b>a</b>')).toBe('<div><p>&lt;b&gt;a&lt;/b&gt;</p></div>')
    expect(html('<script>alert(1)</script>')).not.toContain('<script')
    expect(html('<img src=x onerror=alert(1)>')).not.toContain('<img')
  })

  it('shows text that other dialects swallow', () => {
    expect(html('[a]: https://example.org')).toContain('[a]: ')
    expect(html('&amp;')).toBe('<div><p>&amp;amp;</p></div>')
    expect(html('a\n---')).toBe('<div><p>a\n---</p></div>')
    expect(html('    a')).toBe('<div><p>a</p></div>')
  })
})

describe('hostile addresses', () => {
  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://example.org/1',
    '//example.org',
    '/api/v1/auth/logout',
    '',
  ])('%j is not followed', (address) => {
    expect(safeAddress(address)).toBeNull()
    expect(html(`[a](${address})`)).not.toContain('href')
  })

  it('knows the web and mail', () => {
    expect(safeAddress('http://example.org')).toBe('http://example.org/')
    expect(safeAddress('mailto:a@example.org')).toBe('mailto:a@example.org')
    expect(safeAddress('www.example.org')).toBe('https://www.example.org/')
  })
})

describe('hostile nesting', () => {
  it.each([
    ['quotes', '>'.repeat(4_000)],
    ['spaced quotes', '> '.repeat(2_000)],
    ['lists', '- '.repeat(2_000)],
    ['ordered lists', '1. '.repeat(1_300)],
    ['stars', '*'.repeat(4_000)],
    ['brackets', '['.repeat(4_000)],
    ['half links', '[a]('.repeat(1_000)],
    ['stairs', Array.from({ length: 60 }, (_, depth) => `${' '.repeat(depth * 2)}- a`).join('\n')],
  ])('%s are shown as typed', (_, content) => {
    expect(parseMessage(content)).toBeNull()
    expect(html(content)).toContain('<p>')
  })

  it('draws what is nested as far as allowed', () => {
    expect(html(`${'> '.repeat(20)}a`).match(/<blockquote>/g)).toHaveLength(20)
  })
})
