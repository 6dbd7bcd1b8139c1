/** What is being uploaded, by whom it is shown: the composer of a channel, or a message that waits for it. */
import { create } from 'zustand'
import type { Attachment, Id } from '@/api/contract'
import { useStore } from '@/state/store'
import type { Refusal } from './checking'
import { keepPreview, keptPreview } from './previews'

export interface Upload {
  key: string
  serverId: Id
  channelId: Id
  file: File
  name: string
  size: number
  type: string
  /** How it looks, for a picture that the browser can show. */
  picture: { url: string; width: number; height: number } | null
  isSpoiler: boolean
  /** `paused` goes on by itself when there is a connection; `failed` waits for the user. */
  state: 'waiting' | 'going' | 'paused' | 'done' | 'failed'
  /** Bytes that have arrived. */
  sent: number
  /** Where the server takes the rest, once it has said so. */
  address: string | null
  attachment: Attachment | null
  /** The code of the refusal of a failed one. */
  problem: string | null
}

export type UploadEvent =
  | { type: 'begun' }
  | { type: 'opened'; address: string }
  | { type: 'moved'; sent: number }
  | { type: 'broken' }
  | { type: 'refused'; code: string }
  | { type: 'finished'; attachment: Attachment }
  /** It is tried again: because the user wants it, or because there may be a connection. */
  | { type: 'resumed' }
  /** The server does not know it any more. */
  | { type: 'lost' }

/** The upload after an event. Pure; what comes too late to matter changes nothing. */
export function stepped(upload: Upload, event: UploadEvent): Upload {
  const { state } = upload
  switch (event.type) {
    case 'begun':
      return state === 'waiting' ? { ...upload, state: 'going' } : upload
    case 'opened':
      return { ...upload, address: event.address }
    case 'moved':
      return state === 'going' ? { ...upload, sent: Math.min(event.sent, upload.size) } : upload
    case 'broken':
      return state === 'going' ? { ...upload, state: 'paused' } : upload
    case 'refused':
      return state === 'done' ? upload : { ...upload, state: 'failed', problem: event.code }
    case 'finished':
      return { ...upload, state: 'done', sent: upload.size, attachment: event.attachment, problem: null }
    case 'resumed':
      return state === 'paused' || state === 'failed'
        ? { ...upload, state: 'waiting', problem: null }
        : upload
    case 'lost':
      return { ...upload, state: 'waiting', sent: 0, address: null, attachment: null, problem: null }
  }
}

interface Uploads {
  byKey: Record<string, Upload>
  /** How many times files were chosen that are not looked at yet, by channel. */
  coming: Record<Id, number>
  /** What goes out with the next message of a channel. */
  trays: Record<Id, string[]>
  /** What was not taken, by channel, until something else happens there. */
  refusals: Record<Id, Refusal[]>
}

const nothing = (): Uploads => ({ byKey: {}, coming: {}, trays: {}, refusals: {} })

export const useUploads = create<Uploads>(nothing)

const noKeys: string[] = []

/** The keys of what stands in the composer of a channel. */
export function useTray(channelId: Id): string[] {
  return useUploads((state) => state.trays[channelId] ?? noKeys)
}

/** Notes that files of a channel are on their way to its composer (1), or that they have come there (-1). */
export function countComing(channelId: Id, more: 1 | -1): void {
  useUploads.setState(({ coming }) => ({
    coming: { ...coming, [channelId]: (coming[channelId] ?? 0) + more },
  }))
}

export function uploadsOf(keys: readonly string[]): Upload[] {
  const { byKey } = useUploads.getState()
  return keys.flatMap((key) => byKey[key] ?? [])
}

/** Uploads that the user wants to send next in a channel. */
export function putInTray(channelId: Id, uploads: Upload[]): void {
  useUploads.setState(({ byKey, trays }) => ({
    byKey: { ...byKey, ...Object.fromEntries(uploads.map((upload) => [upload.key, upload])) },
    trays: {
      ...trays,
      [channelId]: [...(trays[channelId] ?? []), ...uploads.map((upload) => upload.key)],
    },
  }))
}

/** Empties the composer of a channel: its files belong to a message from now on. */
export function takeTray(channelId: Id): string[] {
  const keys = useUploads.getState().trays[channelId] ?? noKeys
  useUploads.setState(({ trays: { [channelId]: _, ...trays } }) => ({ trays }))
  refuse(channelId, [])
  return keys
}

export function refuse(channelId: Id, refusals: Refusal[]): void {
  useUploads.setState((state) => ({ refusals: { ...state.refusals, [channelId]: refusals } }))
}

export function changeUpload(key: string, change: (upload: Upload) => Upload): void {
  useUploads.setState(({ byKey }) => {
    const known = byKey[key]
    return known ? { byKey: { ...byKey, [key]: change(known) } } : {}
  })
}

/** Forgets uploads. What a picture looked like is kept until the server's is there. */
export function dropUploads(keys: readonly string[]): void {
  for (const { picture, attachment } of uploadsOf(keys)) {
    if (picture && attachment) keepPreview(attachment.id, picture.url)
    else if (picture) URL.revokeObjectURL(picture.url)
  }
  useUploads.setState(({ byKey, trays }) => ({
    byKey: Object.fromEntries(Object.entries(byKey).filter(([key]) => !keys.includes(key))),
    trays: Object.fromEntries(
      Object.entries(trays).map(([channelId, tray]) => [
        channelId,
        tray.filter((key) => !keys.includes(key)),
      ]),
    ),
  }))
}

/** What an attachment of one's own looks like, as long as the server's picture of it may not be there yet. */
export function previewOf(attachmentId: Id): string | null {
  const upload = Object.values(useUploads.getState().byKey).find(
    ({ attachment }) => attachment?.id === attachmentId,
  )
  return upload?.picture?.url ?? keptPreview(attachmentId)
}

// What one user was about to send is nothing to the next.
useStore.subscribe((state, before) => {
  if (state.me?.id === before.me?.id) return
  dropUploads(Object.keys(useUploads.getState().byKey))
  useUploads.setState(nothing())
})
