/** The examples of the CommonMark specification, as Beep draws them. */
import { tests } from 'commonmark-spec'
import { describe, expect, it, vi } from 'vitest'
import { drawn } from '@/testing/drawn'

// The examples lead to `/url` and the like, which Beep does not follow: here any address is a link, so that the rest can
// be compared. What may be followed is the matter of `addresses.test.ts`.
vi.mock('./addresses', () => ({
  safeAddress: (address: string) => address,
  hostToShow: () => null,
  conversationOf: () => null,
}))

/** Which examples are drawn otherwise on purpose, and why. */
const otherwise: Record<string, number[]> = {
  'nothing would be seen, so that it is shown as typed': [79, 239, 240, 284, 484, 487],
  'an address that nothing uses is shown, lest it vanish': [
    207, 208, 210, 317, 537, 538, 545, 563, 565, 571, 592,
  ],
  'an address of nothing is no link': [200, 485, 486, 567],
  'a bare address is a link, as on GitHub': [602, 606, 608, 611, 612],
  'it holds HTML, which is shown as text': [21, 31, 344, 475, 476, 477, 642, 643],
  'a picture is a link, and in a link it is its name': [517, 531],
}
const exceptions = new Set(Object.values(otherwise).flat())

/** In the specification these are about HTML that is passed through. */
const aboutHtml = new Set(['HTML blocks', 'Raw HTML'])

describe('the examples of CommonMark', () => {
  const all = tests.filter(({ section, html }) => !aboutHtml.has(section) && !holdsForeignHtml(html))

  it('are nearly all of them', () => {
    expect(tests).toHaveLength(652)
    expect(all.length).toBeGreaterThan(560)
  })

  it.each(all.filter(({ number }) => !exceptions.has(number)))('$number, $section', ({ markdown, html }) => {
    expect(canonical(drawn(markdown.replaceAll('→', '\t')))).toBe(expected(html))
  })

  it.each(all.filter(({ number }) => exceptions.has(number)))(
    '$number, $section, is drawn otherwise',
    ({ markdown, html }) => {
      expect(canonical(drawn(markdown.replaceAll('→', '\t')))).not.toBe(expected(html))
    },
  )
})

/** Whether an example is about HTML, though its section is not. */
function holdsForeignHtml(html: string): boolean {
  const known = /^<\/?(?:p|h[1-6]|hr|br|em|strong|code|pre|blockquote|ul|ol|li|a|img)(?:\s[^>]*)?\/?>$/
  return (html.match(/<[^>]*>/g) ?? []).some((tag) => !known.test(tag))
}

/** What the specification asks for: the last line of code ends there, which nobody sees. */
function expected(html: string): string {
  return canonical(html.replaceAll('→', '\t').replace(/\n<\/code><\/pre>/g, '</code></pre>'))
}

const blocks = /\s*(<\/?(?:p|h[1-6]|hr|pre|blockquote|ul|ol|li)(?: [^>]*)?>)\s*/g

/**
 * HTML with what is the same to a reader written alike: headings, which are paragraphs of a look here, pictures, which
 * are links, breaks, which are kept as typed, and what only serves us.
 */
function canonical(html: string): string {
  return html
    .replace(/<span class="[^"]*copy[^"]*">.*?<\/button><\/span>/g, '')
    .replace(/<p class="[^"]*heading(\d)[^"]*">(.*?)<\/p>/gs, '<h$1>$2</h$1>')
    .replace(/<\/?(?:div|span)[^>]*>/g, '')
    .replace(/<img src="([^"]*)" alt="([^"]*)"[^>]*>/g, (_, url, alt) => `<a href="${url}">${alt || url}</a>`)
    .replace(/ (?:class|dir|style|title|target|rel|tabindex)="[^"]*"| start="1"/g, '')
    .replace(
      /href="([^"]*)"/g,
      (_, url: string) => `href="${encodeURI(decoded(url.replaceAll('&quot;', '"')))}"`,
    )
    .replace(/ \/>|\/>/g, '>')
    .replace(/<br>\n?/g, '\n')
    .replace(/&#x27;/g, "'")
    .replace(blocks, '$1')
    .trim()
}

function decoded(url: string): string {
  try {
    return decodeURI(url)
  } catch {
    return url
  }
}
