import { describe, expect, it } from 'vitest'
import { digitsOf, grouped, isWhole, pictureAddress, recoveryFile } from './codes'

describe('the code of an app', () => {
  it.each([
    ['123456', '123456'],
    ['123 456', '123456'],
    [' 12-34', '1234'],
    ['abc', ''],
    ['1234567', '123456'],
  ])('is read from “%s”', (typed, digits) => expect(digitsOf(typed)).toBe(digits))

  it('is whole with six digits', () => {
    expect(isWhole('12345')).toBe(false)
    expect(isWhole('123456')).toBe(true)
  })
})

it('a secret is shown in groups of four', () => {
  expect(grouped('JBSWY3DPEHPK3PXP')).toBe('JBSW Y3DP EHPK 3PXP')
  expect(grouped('JBSWY3')).toBe('JBSW Y3')
  expect(grouped('')).toBe('')
})

it('a QR code becomes a picture, whatever stands in it', () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0" fill="#000"/>é</svg>'
  const address = pictureAddress(svg)
  expect(address).toMatch(/^data:image\/svg\+xml,[^"'<># ]+$/)
  expect(decodeURIComponent(address.slice(address.indexOf(',') + 1))).toBe(svg)
})

it('a file of recovery codes has one on each line', () => {
  expect(recoveryFile('Beep', 'Each works once.', ['aaaaa-bbbbb', 'ccccc-ddddd'])).toBe(
    'Beep\nEach works once.\n\naaaaa-bbbbb\nccccc-ddddd\n',
  )
})
