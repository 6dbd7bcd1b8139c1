/** Messages that are on their way outlive a reload of the page, in the tab in which they were written. */
import type { Id } from '@/api/contract'
import { putInTray, uploadsOf } from '@/features/files/uploads'
import { dropPending } from '@/state/apply-event'
import type { PendingMessage } from '@/state/model'
import { useStore } from '@/state/store'
import { draftIn } from './drafts/drafts'
import { keepDraft } from './drafts/keeping'
import { sendQueued } from './sending'

/** After this time nobody expects a message to go out by itself: its author is asked. */
const expectedMs = 3_600_000

const keyOf = (userId: Id) => `beep.sending.${userId}`

/** Puts back what was on its way before the page was loaded anew. What has files waits until they are back, too. */
function restore(userId: Id): void {
  const kept = parsed(sessionStorage.getItem(keyOf(userId)))
  useStore.setState(({ pending }) => {
    const next = { ...pending }
    for (const message of kept) {
      const there = next[message.channelId] ?? []
      if (there.some(({ nonce }) => nonce === message.nonce)) continue
      next[message.channelId] = [...there, anew(message)]
    }
    return { pending: next }
  })
  // The server knows by the nonce whether one had arrived.
  sendQueued()
}

function anew(message: PendingMessage): PendingMessage {
  if (message.state === 'failed') return message
  if (Date.now() - Date.parse(message.createdAt) > expectedMs) {
    return { ...message, state: 'failed', problem: 'network' }
  }
  return { ...message, state: message.files.length > 0 ? 'uploading' : 'queued' }
}

/** Whether an upload belongs to a message that is on its way. */
export function isOfMessage(key: string): boolean {
  return all().some(({ files }) => files.includes(key))
}

/** Messages of whose files the browser has not kept all go back to where they were written. */
export function giveBackWithoutFiles(): void {
  const incomplete = all().filter(({ files }) => uploadsOf(files).length < files.length)
  for (const { serverId, channelId, nonce, content, replyTo, files } of incomplete) {
    const begun = draftIn(channelId)
    putInTray(channelId, uploadsOf(files))
    useStore.setState((state) => dropPending(state, channelId, nonce))
    keepDraft(serverId, channelId, {
      text: [content, begun.text].filter((text) => text !== '').join('\n'),
      replyTo: begun.replyTo ?? replyTo?.id ?? null,
    })
  }
}

const all = (): PendingMessage[] => Object.values(useStore.getState().pending).flat()

function keep(userId: Id): void {
  const messages = all()
  try {
    if (messages.length === 0) sessionStorage.removeItem(keyOf(userId))
    else sessionStorage.setItem(keyOf(userId), JSON.stringify(messages))
  } catch {
    // Where the browser keeps nothing more, messages are sent all the same.
  }
}

function parsed(text: string | null): PendingMessage[] {
  try {
    const messages: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(messages) ? messages.filter(isMessage) : []
  } catch {
    return []
  }
}

function isMessage(value: Partial<PendingMessage> | null): value is PendingMessage {
  const texts = [value?.nonce, value?.serverId, value?.channelId, value?.content, value?.createdAt]
  return texts.every((text) => typeof text === 'string') && Array.isArray(value?.files)
}

// What one user is sending is nothing to the next.
useStore.subscribe((state, before) => {
  const userId = state.me?.id
  if (!userId) return
  if (userId !== before.me?.id) restore(userId)
  else if (state.pending !== before.pending) keep(userId)
})
