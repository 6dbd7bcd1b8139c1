import { answer, http } from '@/api/client'
import type { Id, Message, paths } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { changeLog } from '@/state/apply-event'
import { emptyLog, repaired, trimmed, withFirstPage, withPage } from '@/state/message-log'
import type { MessageLog } from '@/state/model'
import { compareIds, useStore } from '@/state/store'

const messagesPath = '/servers/{server_id}/channels/{channel_id}/messages'

/** Which messages of a channel. */
type MessageRange = NonNullable<paths[typeof messagesPath]['get']['parameters']['query']>

const pageSize = 50
const repairPageSize = 100
/** A gap greater than this many pages is not filled: the list starts anew at the newest messages. */
const repairPages = 10
/** What is kept of a channel that was left. */
const keptAfterLeaving = 100

/** As many messages at once on the way back to one; and after so many steps it counts as out of reach. */
const backPageSize = 100
const backPages = 50
/** Between the attempts to load on that way. */
const lookAgainMs = 100

/** Between one repair and the next, when a message changed under the first. */
const repairAgainMs = 200
/** Between a repair that failed and the next. */
const repairAfterFailureMs = 2_000

/** Channels of which a page is on its way. */
const busy = new Set<Id>()
/** Channels that are on the screen. */
const onScreen = new Set<Id>()

/** Makes a channel's newest messages available: loads them, or repairs what is known. */
export async function openHistory(serverId: Id, channelId: Id): Promise<void> {
  onScreen.add(channelId)
  const log = useStore.getState().messages[channelId]
  if (log?.state === 'ready') return
  if (log?.state === 'stale') return repairHistory(serverId, channelId)
  if (log?.state !== 'loading') putLog(channelId, emptyLog())
  await alone(serverId, channelId, async () => {
    const before = changesOf(channelId)
    const page = await fetchPage(serverId, channelId, { limit: pageSize })
    change(channelId, (known) => {
      const next = withFirstPage(known, page.items, Boolean(page.next))
      return known.changes === before ? next : { ...next, state: 'stale' }
    })
  })
}

/** Loads the page above the oldest message that is known. */
export async function loadOlder(serverId: Id, channelId: Id, limit = pageSize): Promise<void> {
  const log = useStore.getState().messages[channelId]
  const oldest = log?.items[0]
  if (!log || !oldest || !log.hasOlder || log.state !== 'ready') return
  await alone(serverId, channelId, async () => {
    const page = await fetchPage(serverId, channelId, { limit, before: oldest.id })
    change(channelId, (known) => {
      // Repaired meanwhile: the page may not join on to what is there now.
      if (known.items[0]?.id !== oldest.id) return known
      const next = withPage(known, page.items, Boolean(page.next))
      return known.changes === log.changes ? next : { ...next, state: 'stale' }
    })
  })
}

/**
 * Loads what lies between what is known and a message further up: the log is one stretch without holes. Answers
 * whether the message is in it then.
 */
export async function loadBackTo(serverId: Id, channelId: Id, messageId: Id): Promise<boolean> {
  for (let page = 0; page < backPages; page += 1) {
    const log = useStore.getState().messages[channelId]
    const oldest = log?.items[0]
    if (!log || !oldest || !onScreen.has(channelId)) return false
    if (log.items.some((item) => item.id === messageId)) return true
    if (!log.hasOlder || compareIds(oldest.id, messageId) < 0) return false
    await loadOlder(serverId, channelId, backPageSize)
    const reached = useStore.getState().messages[channelId]?.items[0]
    // Nothing came: another page is on its way, or the log is being repaired, or the line is down.
    if (reached?.id === oldest.id) await new Promise((resolve) => setTimeout(resolve, lookAgainMs))
  }
  return false
}

/**
 * Fetches what may have been missed, from the newest back to what is known. Goes on until the log is whole, for as
 * long as the channel is on the screen and the gateway is live.
 */
export async function repairHistory(serverId: Id, channelId: Id): Promise<void> {
  await alone(serverId, channelId, async () => {
    const start = useStore.getState().messages[channelId]
    if (!start) return
    const lastKnown = start.items.at(-1)?.seq ?? 0
    const fresh: Message[] = []
    let hasOlder = true
    for (let page = 0; page < repairPages && hasOlder; page += 1) {
      const range: MessageRange = { limit: repairPageSize }
      const oldest = fresh.at(-1)
      if (oldest) range.before = oldest.id
      const { items, next } = await fetchPage(serverId, channelId, range)
      fresh.push(...items)
      hasOlder = Boolean(next)
      const reached = fresh.at(-1)?.seq ?? 0
      if (reached <= lastKnown && reached <= (start.items[0]?.seq ?? 0)) break
    }
    change(channelId, (known) => {
      const next = repaired(known, [...fresh, ...newerThan(known, fresh)], hasOlder)
      return known.changes === start.changes ? next : { ...next, state: 'stale' }
    })
  })
}

/** Forgets most of a channel that is left, so that the memory stays flat. */
export function leaveHistory(channelId: Id): void {
  onScreen.delete(channelId)
  change(channelId, (log) => trimmed(log, keptAfterLeaving))
}

/** Messages that events brought while `fresh` was on its way. */
function newerThan(log: MessageLog, fresh: Message[]): Message[] {
  const newest = fresh[0]?.seq ?? 0
  return log.items.filter((item) => item.seq > newest)
}

function fetchPage(serverId: Id, channelId: Id, query: MessageRange) {
  const params = { path: { server_id: serverId, channel_id: channelId }, query }
  return answer(http.GET(messagesPath, { params }))
}

/** Runs one request per channel at a time, says in the log how it failed, and repairs what it left stale. */
async function alone(serverId: Id, channelId: Id, work: () => Promise<void>): Promise<void> {
  if (busy.has(channelId)) return
  busy.add(channelId)
  let pauseMs = repairAgainMs
  try {
    await work()
  } catch (error) {
    pauseMs = repairAfterFailureMs
    const missing = asProblem(error).status === 404
    change(channelId, (log) => {
      if (missing) return { ...log, state: 'missing' }
      return log.state === 'loading' ? { ...log, state: 'failed' } : log
    })
  } finally {
    busy.delete(channelId)
  }
  const repairIfWanted = () => {
    if (wantsRepair(channelId)) void repairHistory(serverId, channelId)
  }
  if (wantsRepair(channelId)) setTimeout(repairIfWanted, pauseMs)
}

function wantsRepair(channelId: Id): boolean {
  const { messages, connection } = useStore.getState()
  return onScreen.has(channelId) && connection === 'live' && messages[channelId]?.state === 'stale'
}

function changesOf(channelId: Id): number {
  return useStore.getState().messages[channelId]?.changes ?? 0
}

function change(channelId: Id, changer: (log: MessageLog) => MessageLog): void {
  useStore.setState((state) => changeLog(state, channelId, changer))
}

function putLog(channelId: Id, log: MessageLog): void {
  useStore.setState((state) => ({ messages: { ...state.messages, [channelId]: log } }))
}
