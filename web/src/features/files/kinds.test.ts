import { expect, test } from 'vitest'
import { kindOf } from './kinds'
import { languageOf, signOf } from './signs'

test.each([
  ['image/png', 'picture'],
  ['image/svg+xml', 'other'],
  ['video/mp4', 'video'],
  ['audio/mpeg', 'audio'],
  ['text/plain; charset=utf-8', 'text'],
  ['text/html', 'other'],
  ['application/octet-stream', 'other'],
])('%s is shown as %s', (content_type, kind) => {
  expect(kindOf({ content_type, width: 10, height: 10 })).toBe(kind)
})

test('a picture without measures is a file: no room could be kept for it', () => {
  expect(kindOf({ content_type: 'image/png', width: null, height: null })).toBe('other')
})

test.each([
  ['main.rs', 'rs'],
  ['Makefile', 'makefile'],
  ['notes.txt', null],
  ['README', null],
  ['archive.tar.JS', 'js'],
])('%s is coloured as %s', (name, language) => {
  expect(languageOf(name)).toBe(language)
})

test.each([
  ['a.ZIP', 'archive'],
  ['b.pdf', 'document'],
  ['c', 'file'],
  ['constructor', 'file'],
  ['d.csv', 'sheet'],
])('%s carries the sign of %s', (name, sign) => {
  expect(signOf(name)).toBe(sign)
})
