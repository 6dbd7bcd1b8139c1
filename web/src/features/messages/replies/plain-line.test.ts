import { expect, test } from 'vitest'
import type { MentionToken } from '@/api/contract'
import { plainLine, type Spelling } from './plain-line'

test.each([
  ['Hello, **world**', 'Hello, world'],
  ['# Title\n\n- one\n- `two`', 'Title one two'],
  ['first\nsecond  \nthird', 'first second third'],
  ['[a link](https://example.org) ![a picture](https://example.org/p.png)', 'a link a picture'],
  ['The butler ||did it||', 'The butler ▮▮▮'],
  ['```rust\nfn main() {}\n```', 'fn main() {}'],
  ['<b>not HTML</b>', '<b>not HTML</b>'],
  ['cut off **in the mid', 'cut off **in the mid'],
  ['👍', '👍'],
])('%j in one line is %j', (content, line) => {
  expect(plainLine(content, [], ({ value }) => value)).toBe(line)
})

test('whom it names is called as they are today, and a moment is spelt', () => {
  const tokens: MentionToken[] = [{ text: '@ada', kind: 'user', id: '7' }]
  const spelling: Spelling = (node) =>
    node.type === 'mention' ? `${node.kind} ${node.id}` : `at ${node.seconds}`
  expect(plainLine('**@ada** and @tom, <t:60:R> ||@ada||', tokens, spelling)).toBe(
    'user 7 and @tom, at 60 ▮▮▮',
  )
})
