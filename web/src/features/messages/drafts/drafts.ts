/** What one has begun to write, by channel. It outlives a reload of the page, and is kept for one's other devices. */
import { create } from 'zustand'
import type { Id, Draft as ToldDraft } from '@/api/contract'
import { useStore } from '@/state/store'

/** A text that was begun, and the message that it answers. */
export interface Draft {
  text: string
  replyTo: Id | null
}

/** A draft, and what the server has of it. */
export interface KeptDraft extends Draft {
  serverId: Id
  told: Draft & { at: string }
}

type Drafts = Record<Id, KeptDraft>

export const useDrafts = create<{ byChannel: Drafts }>(() => ({ byChannel: {} }))

const nothing: Draft = { text: '', replyTo: null }

export function draftIn(channelId: Id): Draft {
  return useDrafts.getState().byChannel[channelId] ?? nothing
}

/** Whether there is something here that the server does not have. */
export function isUntold({ text, replyTo, told }: KeptDraft): boolean {
  return text !== told.text || replyTo !== told.replyTo
}

/** What one writes here; answers whether that is anything new. */
export function changeDraft(serverId: Id, channelId: Id, change: Partial<Draft>): boolean {
  const before = useDrafts.getState().byChannel[channelId] ?? unknown(serverId)
  const next = { ...before, ...change }
  if (next.text === before.text && next.replyTo === before.replyTo) return false
  put(channelId, next)
  return true
}

/** What the server has now. What was written here since it was last told stays, and is told next. */
export function withTold(known: KeptDraft, { content, reply_to, updated_at }: ToldDraft): KeptDraft {
  // The news of what was told before may come after the answer to what was told last.
  if (updated_at < known.told.at) return known
  const told = { text: content, replyTo: reply_to ?? null, at: updated_at }
  return isUntold(known) ? { ...known, told } : { ...known, text: told.text, replyTo: told.replyTo, told }
}

export function hearDraft(told: ToldDraft): void {
  const known = useDrafts.getState().byChannel[told.channel_id] ?? unknown(told.server_id)
  put(told.channel_id, withTold(known, told))
}

/** Nothing is kept there any more; it was sent or emptied on another device. */
export function hearNoDraft(channelId: Id): void {
  const known = useDrafts.getState().byChannel[channelId]
  if (!known) return
  const told = { ...nothing, at: known.told.at }
  put(channelId, isUntold(known) ? { ...known, told } : { ...known, ...nothing, told })
}

function unknown(serverId: Id): KeptDraft {
  return { ...nothing, serverId, told: { ...nothing, at: '' } }
}

function put(channelId: Id, draft: KeptDraft): void {
  useDrafts.setState(({ byChannel }) => ({ byChannel: { ...byChannel, [channelId]: draft } }))
  const me = useStore.getState().me?.id
  if (!me) return
  const isEmpty = draft.text === '' && draft.replyTo === null && !isUntold(draft)
  if (isEmpty) sessionStorage.removeItem(prefixOf(me) + channelId)
  else sessionStorage.setItem(prefixOf(me) + channelId, JSON.stringify(draft))
}

const prefixOf = (userId: Id) => `beep.draft.${userId}.`

/** What was begun in this tab before it was loaded again. */
function remembered(userId: Id): Drafts {
  const drafts: Drafts = {}
  for (const key of Object.keys(sessionStorage)) {
    if (!key.startsWith(prefixOf(userId))) continue
    const draft = parsed(sessionStorage.getItem(key))
    if (draft) drafts[key.slice(prefixOf(userId).length)] = draft
  }
  return drafts
}

function parsed(text: string | null): KeptDraft | null {
  try {
    const draft: KeptDraft = JSON.parse(text ?? '')
    return typeof draft.text === 'string' && typeof draft.told.text === 'string' ? draft : null
  } catch {
    return null
  }
}

// What one user has begun is nothing to the next.
useStore.subscribe((state, before) => {
  const me = state.me?.id
  if (me !== before.me?.id) useDrafts.setState({ byChannel: me ? remembered(me) : {} })
})
