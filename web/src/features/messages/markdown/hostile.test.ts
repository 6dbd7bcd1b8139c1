/** Texts that were made to do harm. What they may cost is counted in nodes and depth, which no clock disturbs. */
import naughtyStrings from 'big-list-of-naughty-strings'
import { tests } from 'commonmark-spec'
import type { Nodes } from 'mdast'
import { describe, expect, it } from 'vitest'
import { drawn } from '@/testing/drawn'
import { parseMessage } from './parse'
import { isTame } from './tame'

const mostDepth = 32
/** Thousands of texts are drawn; a machine that is busy with other things takes its time. */
const patience = 60_000
/** Nodes for each character, and some that every message has. */
const most = (content: string) => Math.min(3_000, content.length * 2 + 4)

interface Size {
  nodes: number
  depth: number
}

function sizeOf(node: Nodes): Size {
  const inner = 'children' in node ? node.children.map(sizeOf) : []
  return {
    nodes: inner.reduce((sum, { nodes }) => sum + nodes, 1),
    depth: Math.max(0, ...inner.map(({ depth }) => depth)) + 1,
  }
}

/** Every element that a message may become; whatever else is drawn came from outside. */
const elements = new Set(
  'p div span a em strong del code pre blockquote ul ol li hr table thead tbody tr th td input time button svg path rect'.split(
    ' ',
  ),
)
const attributes = new Set(
  'class style dir href target rel title start type checked readonly disabled tabindex role aria-label aria-hidden datetime data-rac data-react-aria-pressable id width height viewbox fill stroke stroke-width stroke-linecap stroke-linejoin xmlns d x y rx ry'.split(
    ' ',
  ),
)

function expectTame(content: string): void {
  const parsed = parseMessage(content)
  if (parsed) {
    const { nodes, depth } = sizeOf(parsed.root)
    expect(nodes, content).toBeLessThanOrEqual(most(content))
    expect(depth, content).toBeLessThanOrEqual(mostDepth)
  }
  for (const [, name, rest = ''] of drawn(content).matchAll(/<([a-z0-9-]+)((?:\s[^<>]*?)?)\/?>/gi)) {
    expect(elements, content).toContain(name?.toLowerCase())
    for (const [, attribute] of rest.matchAll(/\s([^\s="]+)(?:="[^"]*")?/g)) {
      expect(attributes, content).toContain(attribute?.toLowerCase())
    }
    for (const [, address] of rest.matchAll(/href="([^"]*)"/g))
      expect(address).toMatch(/^(?:https?:\/\/|mailto:)/)
  }
}

describe('what was made to do harm', () => {
  it(
    'cannot with any of the naughty strings',
    () => {
      expect(naughtyStrings.length).toBeGreaterThan(450)
      for (const content of naughtyStrings) {
        for (const text of [
          content,
          `**${content}**`,
          `[${content}](${content})`,
          `||${content}||`,
          `> - ${content}`,
        ]) {
          expectTame(text)
        }
      }
    },
    patience,
  )

  it(
    'cannot with any of the examples of CommonMark',
    () => {
      for (const { markdown } of tests) expectTame(markdown)
    },
    patience,
  )

  it.each([
    ['quotes', '>'],
    ['spaced quotes', '> '],
    ['lists', '- '],
    ['ordered lists', '1. '],
    ['stars', '*'],
    ['brackets', '['],
    ['bangs', '!['],
    ['half links', '[a]('],
    ['spoilers', '||a'],
    ['ticks', '`a``'],
    ['references', '<@1>'],
    ['moments', '<t:1:R>'],
    ['cells', '|'],
  ])('is shown as typed: %s without end', (_, mark) => {
    for (const times of [4_000, 100_000]) {
      const content = mark.repeat(times)
      expect(parseMessage(content)).toBeNull()
      expect(drawn(content)).toMatch(/^<p [^>]*>/)
    }
  })

  it.each([
    ['emphasis', '*a '],
    ['strong', '**a**'],
    ['tables', '|a|b|\n|-|-|\n|c|d|\n'],
    ['definitions', '[a]: /b\n'],
    ['tasks', '- [ ] a\n'],
    ['code', '```\na\n```\n'],
    ['stairs', Array.from({ length: 40 }, (_, depth) => `${' '.repeat(depth * 2)}- a`).join('\n')],
    ['addresses', 'https://a.example '],
    ['mail', 'a@b.example '],
  ])('costs no more than its length: %s', (_, part) => {
    for (let length = 1; length <= 4_000; length *= 2) {
      expectTame(part.repeat(Math.max(1, Math.floor(length / part.length))))
    }
  })

  it('is drawn as far as that is allowed', () => {
    expect(drawn(`${'> '.repeat(20)}a`).match(/<blockquote>/g)).toHaveLength(20)
  })

  it('counts code for nothing, but only where it is code', () => {
    const marks = '[*('.repeat(400)
    expect(isTame(`\`\`\`c\n${marks}\n\`\`\``)).toBe(true)
    expect(isTame(`~~~\n${marks}`)).toBe(true)
    for (const content of [
      `\`\`\`\na\n\`\`\`\n${marks}`,
      ` \`\`\`\n\`\`\`\n${marks}`,
      `- a\n\n  \`\`\`\n${marks}`,
      `> \`\`\`\n${marks}`,
      `\`\`\`\r\`\`\`\r${marks}`,
      `\`\`\`a\`\n${marks}`,
      `a\`\`\`\n${marks}`,
    ]) {
      expect(isTame(content), content.slice(0, 20)).toBe(false)
    }
  })

  it('takes a line of dashes and a wide table for what they are', () => {
    expect(drawn(`a\n\n${'-'.repeat(60)}`)).toContain('<hr/>')
    expect(drawn(`| a |\n|${'-'.repeat(60)}|`)).toContain('<table>')
  })

  it('keeps to itself what changes the order of letters', () => {
    for (const content of [
      '\u202Eabc',
      '\u2067abc\u202D',
      '`\u202E`',
      '[\u202Eabc](https://a.example)',
      '\u200Bx',
    ]) {
      expect(drawn(content)).toMatch(/^<(?:div|p) class="[^"]*(?:text|plain)[^"]*" dir="auto">/)
    }
  })

  it('is parsed once, however often it is drawn', () => {
    const content = 'drawn **often**'
    expect(parseMessage(content)).toBe(parseMessage(content))
  })
})
