import { answer, http } from '@/api/client'
import type { Id, Message, paths } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { atPresent, shownOf, withApart, withNewer, withOlder, withPlace } from '@/state/apart'
import { changeLog } from '@/state/apply-event'
import { heldMessage } from '@/state/message-changes'
import { emptyLog, repaired, trimmed, withFirstPage } from '@/state/message-log'
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

/** Between one repair and the next, when a message changed under the first. */
const repairAgainMs = 200
/** Between a repair that failed and the next. */
const repairAfterFailureMs = 2_000

/** Channels of which a page is on its way, until it has come. */
const busy = new Map<Id, Promise<void>>()
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
    const before = useStore.getState().messages[channelId] ?? emptyLog()
    const page = await fetchPage(serverId, channelId, { limit: pageSize })
    change(channelId, (known) => since(before, known, withFirstPage(known, page.items, Boolean(page.next))))
  })
}

/** Loads the page above the oldest message on the screen. */
export async function loadOlder(serverId: Id, channelId: Id): Promise<void> {
  const log = useStore.getState().messages[channelId]
  const oldest = log && shownOf(log).items[0]
  if (!log || !oldest || !shownOf(log).hasOlder || log.state !== 'ready') return
  await alone(serverId, channelId, async () => {
    const page = await fetchPage(serverId, channelId, { limit: pageSize, before: oldest.id })
    change(channelId, (known) => {
      // Repaired or left meanwhile: the page may not join on to what is there now.
      if (shownOf(known).items[0]?.id !== oldest.id) return known
      return since(log, known, withOlder(known, page.items, Boolean(page.next)))
    })
  })
}

/** Loads the page below the newest message on the screen, when that is apart from the present. */
export async function loadNewer(serverId: Id, channelId: Id): Promise<void> {
  const log = useStore.getState().messages[channelId]
  const newest = log?.apart?.items.at(-1)
  if (!newest || log?.state !== 'ready') return
  await alone(serverId, channelId, async () => {
    const { items } = await fetchPage(serverId, channelId, { limit: pageSize, after: newest.id })
    change(channelId, (known) => {
      if (known.apart?.items.at(-1)?.id !== newest.id) return known
      return since(log, known, withNewer(known, items, items.length < pageSize))
    })
  })
}

/** How the way to a message ended: `gone` is also what I may not read. */
export type Arrival = 'there' | 'gone' | 'failed'

/** Brings a message onto the screen, with what is around it. */
export async function loadAround(serverId: Id, channelId: Id, messageId: Id): Promise<Arrival> {
  if (showHeld(channelId, messageId)) return 'there'
  return loadPlace(serverId, channelId, messageId, true)
}

/**
 * Brings the place of a message onto the screen, with what is around it: the message may be gone. When it `must` be there
 * and is not, everything stays as it is.
 */
export async function loadPlace(serverId: Id, channelId: Id, messageId: Id, must = false): Promise<Arrival> {
  while (busy.has(channelId)) await busy.get(channelId)
  const log = useStore.getState().messages[channelId]
  if (!log || log.state === 'missing' || log.state === 'failed' || !onScreen.has(channelId)) return 'failed'
  let arrival: Arrival = 'failed'
  await alone(serverId, channelId, async () => {
    const { items, next } = await fetchPage(serverId, channelId, { limit: pageSize, around: messageId })
    arrival = items.some(({ id }) => id === messageId) ? 'there' : 'gone'
    if (must && arrival === 'gone') return
    const newer = items.filter(({ id }) => compareIds(id, messageId) > 0)
    const reachesEnd = newer.length < pageSize / 2
    change(channelId, (known) => since(log, known, withPlace(known, items, Boolean(next), reachesEnd)))
  })
  return arrival
}

/** Brings the newest messages onto the screen. */
export function showPresent(channelId: Id): void {
  change(channelId, atPresent)
}

/** Whether a message is held: then it is on the screen from now on. */
function showHeld(channelId: Id, messageId: Id): boolean {
  const log = useStore.getState().messages[channelId]
  if (!log || log.state === 'loading' || !heldMessage(log, messageId)) return false
  if (log.items.some(({ id }) => id === messageId)) showPresent(channelId)
  return true
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
    const apart = start.apart && (await fetchApart(serverId, channelId, start.apart.items))
    change(channelId, (known) => {
      const kept = apart ? withApart(known, apart.fresh, apart.hasOlder) : known
      return since(start, known, repaired(kept, [...fresh, ...newerThan(known, fresh)], hasOlder))
    })
  })
}

/** Forgets most of a channel that is left, so that the memory stays flat. */
export function leaveHistory(channelId: Id): void {
  onScreen.delete(channelId)
  change(channelId, (log) => trimmed(log, keptAfterLeaving))
}

/** The messages of a stretch apart as they are now, of a long one the newer part. */
async function fetchApart(serverId: Id, channelId: Id, known: Message[]) {
  const fresh: Message[] = []
  let hasOlder = true
  let before = String(BigInt(known.at(-1)?.id ?? 0) + 1n)
  for (let page = 0; page < repairPages && hasOlder; page += 1) {
    const { items, next } = await fetchPage(serverId, channelId, { limit: repairPageSize, before })
    fresh.push(...items)
    hasOlder = Boolean(next)
    before = items.at(-1)?.id ?? before
    if ((fresh.at(-1)?.seq ?? 0) <= (known[0]?.seq ?? 0)) break
  }
  return { fresh, hasOlder }
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
  let pauseMs = repairAgainMs
  const running = work().catch((error: unknown) => {
    pauseMs = repairAfterFailureMs
    const missing = asProblem(error).status === 404
    change(channelId, (log) => {
      if (missing) return { ...log, state: 'missing' }
      return log.state === 'loading' ? { ...log, state: 'failed' } : log
    })
  })
  busy.set(channelId, running)
  await running
  busy.delete(channelId)
  const repairIfWanted = () => {
    if (wantsRepair(channelId)) void repairHistory(serverId, channelId)
  }
  if (wantsRepair(channelId)) setTimeout(repairIfWanted, pauseMs)
}

function wantsRepair(channelId: Id): boolean {
  const { messages, connection } = useStore.getState()
  return onScreen.has(channelId) && connection === 'live' && messages[channelId]?.state === 'stale'
}

/** What came of a page, which may be out of date when messages were changed since it was asked for. */
function since(asked: MessageLog, known: MessageLog, next: MessageLog): MessageLog {
  return known.changes === asked.changes || next === known ? next : { ...next, state: 'stale' }
}

function change(channelId: Id, changer: (log: MessageLog) => MessageLog): void {
  useStore.setState((state) => changeLog(state, channelId, changer))
}

function putLog(channelId: Id, log: MessageLog): void {
  useStore.setState((state) => ({ messages: { ...state.messages, [channelId]: log } }))
}
