import { expect, test } from 'vitest'
import { plainLine } from './plain-line'

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
  expect(plainLine(content)).toBe(line)
})
