import { describe, expect, it } from 'vitest'
import { drawn, drawnPlainly as html } from '@/testing/drawn'

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
    expect(html('- a\n- b')).toBe('<div><ul><li>a</li><li>b</li></ul></div>')
    expect(html('- a\n\n- b')).toBe('<div><ul><li><p>a</p></li><li><p>b</p></li></ul></div>')
    expect(html('3. a')).toBe('<div><ol start="3"><li>a</li></ol></div>')
    expect(html('# a')).toBe('<div><p>a</p></div>')
  })

  it('knows tables, with their alignment', () => {
    const table = drawn('| a | b |\n|---|--:|\n| *c* | d |')
    expect(table).toContain('<th>a</th><th style="text-align:right">b</th>')
    expect(table).toContain('<td><em>c</em></td><td style="text-align:right">d</td>')
  })

  it('knows tasks, which nobody ticks here', () => {
    const tasks = (content: string) =>
      [...drawn(content).matchAll(/aria-label="(Done|To do)".*?<\/svg>(\w)/g)].map(([, mark, text]) => [
        mark,
        text,
      ])
    expect(tasks('- [x] a\n- [ ] b')).toEqual([
      ['Done', 'a'],
      ['To do', 'b'],
    ])
    expect(tasks('- [x] a\n\n- [ ] b')).toEqual([
      ['Done', 'a'],
      ['To do', 'b'],
    ])
    expect(tasks('- a\n- \\[x] b\n\n[x] c')).toEqual([])
  })

  it('keeps code as it is, with a button that copies it', () => {
    const block = drawn('```rust\nlet a = "**b**";\n```')
    expect(block).toContain('<code>let a = &quot;**b**&quot;;</code>')
    expect(block).toContain('aria-label="Copy code"')
  })

  it('links addresses, named or bare, to a new page without a referrer', () => {
    const rest = 'target="_blank" rel="noopener noreferrer"'
    expect(html('[a](https://example.org/)')).toContain(`<a href="https://example.org/" ${rest}`)
    expect(html('see https://example.org/x.')).toContain(`<a href="https://example.org/x" ${rest}`)
    expect(html('![cat](https://example.org/cat.png)')).toContain('>cat</a>')
  })

  it('never nests what can be followed', () => {
    expect(html('[![cat](https://a.example/cat.png)](https://b.example)').match(/<a /g)).toHaveLength(1)
    expect(html('[<#7> @ada](https://b.example)', [{ text: '@ada', kind: 'user', id: '9' }])).not.toContain(
      '<button',
    )
  })

  it('shows HTML as text', () => {
    expect(html('<b>a</b>')).toBe('<div><p>&lt;b&gt;a&lt;/b&gt;</p></div>')
    expect(html('<div>\n*a*\n</div>')).toContain('&lt;div&gt;\n<em>a</em>\n&lt;/div&gt;')
    expect(html('<script>alert(1)</script>')).not.toContain('<script')
    expect(html('<img src=x onerror=alert(1)>')).not.toContain('<img')
  })

  it.each(['-', '>', '#', '1.', '+', '[a]: https://example.org'])(
    'shows %j, in which there is nothing',
    (content) => {
      const shown = content.replace('>', '&gt;')
      expect(html(content)).toContain(`<p>${shown}</p>`)
    },
  )

  it('shows 1 to 8 emoji large, and nothing else', () => {
    const large = (content: string) => /^<p class="[^"]*emoji/.test(drawn(content))
    expect(['😀', '😀 👍🏽\n👨‍👩‍👧', '🇫🇷🇫🇷🇫🇷🇫🇷🇫🇷🇫🇷🇫🇷🇫🇷', '❤️'].filter(large)).toHaveLength(4)
    expect(['😀a', '😀'.repeat(9), '1', '#', ' ', '©'].filter(large)).toEqual([])
  })
})
