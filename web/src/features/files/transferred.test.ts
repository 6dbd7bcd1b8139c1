import { describe, expect, test } from 'vitest'
import { broughtBy, pastedFiles } from './transferred'

interface Carried {
  files?: File[]
  folders?: string[]
  texts?: Record<string, string>
}

/** What the browser hands over with a drop or a paste. */
function carried({ files = [], folders = [], texts = {} }: Carried): DataTransfer {
  const items = [
    ...files.map((file) => ({
      kind: 'file',
      getAsFile: () => file,
      webkitGetAsEntry: () => ({ isDirectory: false }),
    })),
    ...folders.map((name) => ({
      kind: 'file',
      getAsFile: () => new File([], name),
      webkitGetAsEntry: () => ({ isDirectory: true, name }),
    })),
    ...Object.keys(texts).map(() => ({ kind: 'string', getAsFile: () => null })),
  ]
  return { items, getData: (type: string) => texts[type] ?? '' } as unknown as DataTransfer
}

const now = new Date(2026, 10, 25, 9, 5, 3)
const picture = (name: string, type = 'image/png') => new File(['x'], name, { type })

test('files are told from folders', () => {
  const brought = broughtBy(carried({ files: [picture('a.png')], folders: ['src'] }))
  expect(brought.files.map(({ name }) => name)).toEqual(['a.png'])
  expect(brought.folders).toEqual(['src'])
})

describe('a paste', () => {
  const names = (data: Carried) => pastedFiles(carried(data), now).files.map(({ name }) => name)

  test('of a picture is called by when it was', () => {
    expect(names({ files: [picture('image.png')] })).toEqual(['picture-2026-11-25-090503.png'])
  })

  test('of several has a name for each', () => {
    const files = [picture('image.png'), picture('image.jpg', 'image/jpeg')]
    expect(names({ files })).toEqual(['picture-2026-11-25-090503.png', 'picture-2026-11-25-090503-2.jpg'])
  })

  test('of a file that has a name keeps it', () => {
    const files = [picture('cat.png'), new File(['x'], 'image', { type: 'text/plain' })]
    expect(names({ files })).toEqual(['cat.png', 'image'])
  })

  test('of a piece of a document is a text, though it brings a picture of itself', () => {
    const texts = { 'text/plain': 'a table', 'text/html': '<table>' }
    expect(names({ files: [picture('image.png')], texts })).toEqual([])
  })

  test('of a picture of a page is a picture', () => {
    expect(names({ files: [picture('image.png')], texts: { 'text/html': '<img>' } })).toHaveLength(1)
  })
})
