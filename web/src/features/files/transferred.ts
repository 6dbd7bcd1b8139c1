/** Files out of what was dropped or pasted. */
import { extensionOf } from './extension'

export interface Brought {
  files: File[]
  /** Names of folders, which cannot be attached. */
  folders: string[]
}

/** Reads what was dropped; only at once, in the event itself, does the browser tell. */
export function broughtBy(data: DataTransfer): Brought {
  const brought: Brought = { files: [], folders: [] }
  for (const item of data.items) {
    if (item.kind !== 'file') continue
    const entry = item.webkitGetAsEntry?.()
    const file = item.getAsFile()
    if (entry?.isDirectory) brought.folders.push(entry.name)
    else if (file) brought.files.push(file)
  }
  return brought
}

/** Whether something is being dragged that could be attached. */
export function carriesFiles(data: DataTransfer | null): boolean {
  return data?.types.includes('Files') ?? false
}

/** What a paste brings to be attached. A piece of a document brings a picture of itself, too: that is pasted as text. */
export function pastedFiles(data: DataTransfer, now: Date): Brought {
  const isDocument = data.getData('text/plain') !== '' && data.getData('text/html') !== ''
  if (isDocument) return { files: [], folders: [] }
  const { files, folders } = broughtBy(data)
  return { files: files.map((file, index) => named(file, now, index)), folders }
}

const nameless = /^(?:image|unknown|blob)?(?:\.\w+)?$/i

/** A picture of the clipboard is called “image.png” each time: it is called by when it was pasted instead. */
function named(file: File, now: Date, index: number): File {
  if (!file.type.startsWith('image/') || !nameless.test(file.name)) return file
  const extension = extensionOf(file.name) || (file.type.split('/')[1] ?? 'png')
  const number = index === 0 ? '' : `-${index + 1}`
  return new File([file], `picture-${stampOf(now)}${number}.${extension}`, { type: file.type })
}

/** For example 2026-11-25-193004, at the reader's place. */
function stampOf(time: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const day = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-')
  return `${day}-${two(time.getHours())}${two(time.getMinutes())}${two(time.getSeconds())}`
}
