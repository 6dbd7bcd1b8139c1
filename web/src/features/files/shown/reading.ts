import type { Attachment } from '@/api/contract'

/** As much of a text is shown. */
const shownBytes = 10 * 1024
const remembered = 50

export interface Beginning {
  text: string
  /** How many bytes of the file that is. */
  bytes: number
}

const known = new Map<string, Promise<Beginning>>()

/** The first lines of a text file. */
export function beginningOf({ url, size }: Pick<Attachment, 'url' | 'size'>): Promise<Beginning> {
  const reading = known.get(url) ?? read(url, size)
  if (!known.has(url)) {
    if (known.size >= remembered) known.delete(known.keys().next().value ?? '')
    known.set(url, reading)
    // The next one who shows it asks again.
    reading.catch(() => known.delete(url))
  }
  return reading
}

async function read(url: string, size: number): Promise<Beginning> {
  const isPart = size > shownBytes
  const response = await fetch(url, isPart ? { headers: { Range: `bytes=0-${shownBytes - 1}` } } : {})
  if (!response.ok) throw new Error(response.statusText)
  const bytes = (await response.arrayBuffer()).slice(0, shownBytes)
  // A letter that is cut in two at the end is left out.
  const text = new TextDecoder().decode(bytes, { stream: isPart })
  return { text: isPart ? wholeLines(text) : text, bytes: bytes.byteLength }
}

/** Without the line that is cut off, unless it is all there is. */
function wholeLines(text: string): string {
  const end = text.lastIndexOf('\n')
  return end > 0 ? text.slice(0, end) : text
}

/** All of a text file. */
export async function wholeOf({ url }: Pick<Attachment, 'url'>): Promise<string> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(response.statusText)
  return response.text()
}
