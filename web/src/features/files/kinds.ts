/** What can be done with a file on the screen, by what the server found it to be. Pure. */

/** How a file is shown: `text` with its beginning, `other` as a card. */
export type FileKind = 'picture' | 'video' | 'audio' | 'text' | 'other'

/** What is told of a file, whether it is uploaded yet or not. */
interface Described {
  content_type: string
  width?: number | null
  height?: number | null
}

const pictures = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'])
const videos = new Set(['video/mp4', 'video/webm', 'video/ogg'])
const sounds = new Set([
  'audio/mpeg',
  'audio/ogg',
  'audio/wav',
  'audio/x-wav',
  'audio/flac',
  'audio/webm',
  'audio/mp4',
])

export function kindOf({ content_type, width, height }: Described): FileKind {
  const type = essence(content_type)
  // Without measures no room could be kept for it.
  if (pictures.has(type)) return width && height ? 'picture' : 'other'
  if (videos.has(type)) return 'video'
  if (sounds.has(type)) return 'audio'
  return type === 'text/plain' ? 'text' : 'other'
}

/** A type without its parameters. */
function essence(contentType: string): string {
  return (contentType.split(';')[0] ?? '').trim().toLowerCase()
}
