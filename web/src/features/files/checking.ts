/** What is refused before anything is sent. Pure. */

/** What the instance takes; null for what is not known. */
export interface FileLimits {
  /** The size of a file, in bytes. */
  bytes: number | null
  /** How many a message may have. */
  count: number | null
}

/** Why files were not attached. */
export type Refusal =
  | { reason: 'too_large'; name: string; most: number }
  | { reason: 'empty'; name: string }
  | { reason: 'folder'; name: string }
  /** So many were left out. */
  | { reason: 'too_many'; left: number; most: number }
  /** One that failed stands in the way of sending. */
  | { reason: 'unfinished' }

interface Offered {
  name: string
  size: number
}

/** Which of the files can be attached to those that are there already. */
export function checked<File extends Offered>(
  files: readonly File[],
  limits: FileLimits,
  there: number,
): { taken: File[]; refusals: Refusal[] } {
  const refusals: Refusal[] = []
  const good = files.filter(({ name, size }) => {
    if (size === 0) refusals.push({ reason: 'empty', name })
    else if (limits.bytes !== null && size > limits.bytes)
      refusals.push({ reason: 'too_large', name, most: limits.bytes })
    else return true
    return false
  })
  if (limits.count === null) return { taken: good, refusals }
  const room = Math.max(0, limits.count - there)
  const left = good.length - room
  if (left > 0) refusals.push({ reason: 'too_many', left, most: limits.count })
  return { taken: good.slice(0, room), refusals }
}
