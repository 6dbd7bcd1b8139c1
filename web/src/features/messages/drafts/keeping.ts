/** Tells the server what one has begun to write, a moment after one paused, and hears of it from one's other devices. */
import { answer, http } from '@/api/client'
import type { Id, Draft as ToldDraft } from '@/api/contract'
import { asProblem } from '@/api/problem'
import type { GatewayEvent } from '@/gateway/protocol'
import { useStore } from '@/state/store'
import { tooLong } from '../MessageInput'
import { changeDraft, type Draft, hearDraft, hearNoDraft, isUntold, useDrafts } from './drafts'

const pauseMs = 1_000
/** After a failure that passes. */
const againMs = 10_000
/** As many as the server lists: of what is not in a full list nothing is known. */
const mostListed = 100

const waiting = new Map<Id, ReturnType<typeof setTimeout>>()
const telling = new Set<Id>()
let asked = 0

/** One has written something in a channel, or chosen what to answer. */
export function keepDraft(serverId: Id, channelId: Id, change: Partial<Draft>): void {
  if (changeDraft(serverId, channelId, change)) tellSoon(channelId, pauseMs)
}

/** Called with every event. */
export function hearOfDrafts(event: GatewayEvent): void {
  if (event.type === 'draft.updated') hearDraft(event.data)
  if (event.type === 'ready') void fetchDrafts()
}

/** Nobody writes here any more. */
export function forgetDrafts(): void {
  asked += 1
  for (const timer of waiting.values()) clearTimeout(timer)
  waiting.clear()
}

async function fetchDrafts(): Promise<void> {
  asked += 1
  const attempt = asked
  const before = useDrafts.getState().byChannel
  const page = await answer(http.GET('/users/@me/drafts')).catch(() => null)
  if (attempt !== asked || !page) return
  for (const told of page.items) hearDraft(told)
  const listed = new Set(page.items.map((told) => told.channel_id))
  for (const [channelId, draft] of Object.entries(useDrafts.getState().byChannel)) {
    const isGone = page.items.length < mostListed && !listed.has(channelId)
    // What was told meanwhile may not have been in the list yet.
    if (isGone && before[channelId]?.told === draft.told) hearNoDraft(channelId)
    if (isUntold(draft)) tellSoon(channelId, pauseMs)
  }
}

function tellSoon(channelId: Id, milliseconds: number): void {
  clearTimeout(waiting.get(channelId))
  const tellNow = () => {
    waiting.delete(channelId)
    void tell(channelId)
  }
  waiting.set(channelId, setTimeout(tellNow, milliseconds))
}

async function tell(channelId: Id): Promise<void> {
  const draft = useDrafts.getState().byChannel[channelId]
  // One that is too long for a message stays here.
  if (!draft || telling.has(channelId) || !isUntold(draft) || tooLong(draft.text)) return
  const { serverId, text, replyTo } = draft
  const me = useStore.getState().me?.id
  telling.add(channelId)
  const told = await put(serverId, channelId, { text, replyTo })
  telling.delete(channelId)
  if (useStore.getState().me?.id !== me) return
  if (told === 'failed') return tellSoon(channelId, againMs)
  hearDraft(told)
  const now = useDrafts.getState().byChannel[channelId]
  if (now && isUntold(now) && !waiting.has(channelId)) tellSoon(channelId, pauseMs)
}

async function put(serverId: Id, channelId: Id, { text, replyTo }: Draft): Promise<ToldDraft | 'failed'> {
  const params = { path: { server_id: serverId, channel_id: channelId } }
  const body = { content: text, reply_to: replyTo }
  try {
    // Also when the page is being left.
    const request = { params, body, keepalive: true }
    return await answer(http.PUT('/servers/{server_id}/channels/{channel_id}/draft', request))
  } catch (error) {
    const problem = asProblem(error)
    if (problem.isNetwork || problem.status >= 500 || problem.status === 429) return 'failed'
    // The server does not want it: it stays here, as if it had been told.
    const updated_at = new Date().toISOString()
    return { server_id: serverId, channel_id: channelId, content: text, reply_to: replyTo, updated_at }
  }
}

// What waits is told before the page is gone.
window.addEventListener('pagehide', () => {
  for (const [channelId, timer] of waiting) {
    clearTimeout(timer)
    void tell(channelId)
  }
  waiting.clear()
})
