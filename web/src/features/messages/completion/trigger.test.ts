import { describe, expect, it } from 'vitest'
import { triggerAt } from './trigger'

/** The name begun at the bar. */
function at(text: string) {
  const caret = text.indexOf('|')
  const found = triggerAt(text.replace('|', ''), caret)
  return found && [found.kind, found.start, found.end, found.query]
}

describe('a name that is begun', () => {
  it('is found at the caret', () => {
    expect(at('@|')).toEqual(['member', 0, 1, ''])
    expect(at('hi @ad|')).toEqual(['member', 3, 6, 'ad'])
    expect(at('hi (@ad|a)')).toEqual(['member', 4, 7, 'ad'])
    expect(at('a\n#ge|')).toEqual(['channel', 2, 5, 'ge'])
    expect(at('@ada and #ge|')).toEqual(['channel', 9, 12, 'ge'])
    expect(at('né :été|')).toEqual(['emoji', 3, 7, 'été'])
    expect(at('😀:smi|')).toEqual(['emoji', 2, 6, 'smi'])
  })

  it('may have spaces, as names do', () => {
    expect(at('@Ada By|')).toEqual(['member', 0, 7, 'Ada By'])
    expect(at('@ada and so on and on|')).toBeNull()
    expect(at('@ |')).toBeNull()
  })

  it.each([
    'a@b|',
    'a#1|',
    '10:30|',
    'https://a|',
    'https://a.example/@ada|',
    ':|',
    ':a|',
    ': ab|',
    ':)|',
    '<@12|',
    '##|',
    '|@',
    '@a\n|',
    '`@ad|',
    '```\n@ad|',
    '`a` `:smi|',
    `@${'a'.repeat(40)}|`,
  ])('is not found in %j', (text) => {
    expect(at(text)).toBeNull()
  })

  it('is found behind code', () => {
    expect(at('`a` @ad|')).toEqual(['member', 4, 7, 'ad'])
  })
})
