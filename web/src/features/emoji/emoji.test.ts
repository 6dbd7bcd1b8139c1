import { describe, expect, it } from 'vitest'
import { isOnlyEmoji } from '@/features/messages/markdown/emoji-only'
import { findEmoji, groups, inTone, loadEmoji } from './emoji-data'
import { allRows, cellAt, foundRows, moved, rowOf } from './grid'

const [english, french] = await Promise.all([loadEmoji('en'), loadEmoji('fr')])
const texts = (found: { text: string }[]) => found.map(({ text }) => text)

describe('the emoji', () => {
  it('are all there, in every group and both languages', () => {
    expect(english.length).toBeGreaterThan(1_800)
    expect(texts(french)).toEqual(texts(english))
    for (const group of groups)
      expect(
        english.some((emoji) => emoji.group === group),
        group,
      ).toBe(true)
  })

  it('are found by name, word and short code', () => {
    expect(texts(findEmoji(english, 'thumbs up'))[0]).toBe('👍')
    expect(texts(findEmoji(english, '+1'))[0]).toBe('👍')
    expect(texts(findEmoji(english, 'tada'))[0]).toBe('🎉')
    expect(texts(findEmoji(english, 'JOY', 3))).toContain('😂')
    expect(findEmoji(english, 'zzzz')).toEqual([])
    expect(findEmoji(english, ' ')).toEqual([])
  })

  it('are found in French, whatever the accents', () => {
    expect(texts(findEmoji(french, 'éléphant'))[0]).toBe('🐘')
    expect(texts(findEmoji(french, 'elephant'))[0]).toBe('🐘')
    expect(texts(findEmoji(french, 'thumbsup'))[0]).toBe('👍')
  })

  it('have a tone where they have one', () => {
    const [thumb] = findEmoji(english, 'thumbs up')
    const [rocket] = findEmoji(english, 'rocket')
    if (!thumb || !rocket) throw new Error('both were found above')
    expect([0, 1, 5].map((tone) => inTone(thumb, tone))).toEqual(['👍', '👍🏻', '👍🏿'])
    expect(inTone(rocket, 5)).toBe('🚀')
    for (const { tones, label } of english) expect([0, 5], label).toContain(tones.length)
  })
})

it('is written as everybody writes it, so that it is shown large', () => {
  const odd = english.flatMap(({ text, tones }) => [text, ...tones]).filter((text) => !isOnlyEmoji(text))
  expect(odd).toEqual([])
})

describe('the grid of emoji', () => {
  const rows = allRows(english, ['🐘', '👍🏿'], 3, 9)

  it('begins with what was used last, and holds each emoji once besides', () => {
    expect(rows.slice(0, 3).map((row) => (row.kind === 'heading' ? row.group : texts(row.cells)))).toEqual([
      'recent',
      ['🐘', '👍🏿'],
      'smileys',
    ])
    const cells = rows.flatMap((row) => (row.kind === 'cells' ? row.cells : []))
    expect(cells).toHaveLength(english.length + 2)
    expect(new Set(cells.map(({ key }) => key)).size).toBe(cells.length)
    expect(cells[1]?.label).toBe('thumbs up')
  })

  it('is walked by the arrow keys', () => {
    const small = foundRows(english.slice(0, 7), 0, 3)
    const walk = (...keys: string[]) =>
      keys.reduce<string | null>((from, key) => moved(small, from, key), null)
    expect(walk('ArrowDown')).toBe('found-0')
    expect(walk('ArrowDown', 'ArrowUp')).toBe('found-0')
    expect(walk('ArrowDown', 'ArrowLeft')).toBe('found-0')
    expect(walk('ArrowDown', 'ArrowRight', 'ArrowRight', 'ArrowRight')).toBe('found-3')
    expect(walk('ArrowDown', 'ArrowRight', 'ArrowDown')).toBe('found-4')
    // The last row is shorter.
    expect(walk('ArrowDown', 'ArrowRight', 'ArrowDown', 'ArrowDown')).toBe('found-6')
    expect(walk('ArrowDown', 'ArrowRight', 'ArrowDown', 'ArrowDown', 'ArrowRight')).toBe('found-6')
    expect(cellAt(small, 'found-3')?.text).toBe(english[3]?.text)
    expect(rowOf(small, 'found-3')).toBe(2)
    expect(moved([], null, 'ArrowDown')).toBeNull()
  })
})
