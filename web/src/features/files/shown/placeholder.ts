import { thumbHashToDataURL } from 'thumbhash'

const remembered = 200
const decoded = new Map<string, string | null>()

/** The address of a small picture that a ThumbHash in base64 stands for; null when it does not stand for any. */
export function placeholderImage(hash: string | null | undefined): string | null {
  if (!hash) return null
  const known = decoded.get(hash)
  if (known !== undefined) return known
  if (decoded.size >= remembered) decoded.delete(decoded.keys().next().value ?? '')
  const image = decode(hash)
  decoded.set(hash, image)
  return image
}

function decode(hash: string): string | null {
  try {
    return thumbHashToDataURL(Uint8Array.from(atob(hash), (letter) => letter.charCodeAt(0)))
  } catch {
    return null
  }
}
