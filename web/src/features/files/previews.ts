/** How one's own pictures look, from the upload until the server's own are there: nothing flickers in between. */
import type { Id } from '@/api/contract'

const keptMs = 60_000

const kept = new Map<Id, string>()

/** Keeps what an attachment looks like for a while. */
export function keepPreview(attachmentId: Id, url: string): void {
  kept.set(attachmentId, url)
  setTimeout(() => {
    kept.delete(attachmentId)
    URL.revokeObjectURL(url)
  }, keptMs)
}

export function keptPreview(attachmentId: Id): string | null {
  return kept.get(attachmentId) ?? null
}
