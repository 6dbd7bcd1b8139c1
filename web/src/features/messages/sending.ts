import { answer, http } from '@/api/client'
import type { AnsweredMessage, Id, Message } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { changeLog, dropPending } from '@/state/apply-event'
import { withSent } from '@/state/message-log'
import type { PendingMessage } from '@/state/model'
import { useStore } from '@/state/store'

const retryMs = [1_000, 3_000, 8_000]
/** After these, for as long as there is no connection. */
const offlineRetryMs = 30_000

const attempts = new Map<string, number>()
const sendingIn = new Set<Id>()

/** Shows a message at once and sends it as soon as the ones before it are through. */
export function sendMessage(
  serverId: Id,
  channelId: Id,
  content: string,
  replyTo: AnsweredMessage | null = null,
): void {
  const message: PendingMessage = {
    nonce: crypto.randomUUID(),
    serverId,
    channelId,
    content,
    replyTo,
    createdAt: new Date().toISOString(),
    state: 'queued',
    problem: null,
  }
  useStore.setState(({ pending }) => ({
    pending: { ...pending, [channelId]: [...(pending[channelId] ?? []), message] },
  }))
  void sendNext(channelId)
}

/** Tries a failed message again, under the same nonce: if it did arrive, it stays one. */
export function retryMessage(channelId: Id, nonce: string): void {
  attempts.delete(nonce)
  changePending(channelId, nonce, { state: 'queued', problem: null })
  void sendNext(channelId)
}

/** Gives a failed message up. */
export function discardMessage(channelId: Id, nonce: string): void {
  attempts.delete(nonce)
  useStore.setState((state) => dropPending(state, channelId, nonce))
}

/** Sends what waited for a connection. */
export function sendQueued(): void {
  attempts.clear()
  for (const channelId of Object.keys(useStore.getState().pending)) void sendNext(channelId)
}

/** One at a time per channel, so that they arrive in the order in which they were written. */
async function sendNext(channelId: Id): Promise<void> {
  if (sendingIn.has(channelId)) return
  const next = useStore.getState().pending[channelId]?.find((message) => message.state === 'queued')
  if (!next) return
  sendingIn.add(channelId)
  changePending(channelId, next.nonce, { state: 'sending' })
  const wait = await attempt(next)
  sendingIn.delete(channelId)
  if (wait === null) return sendNext(channelId)
  setTimeout(() => void sendNext(channelId), wait)
}

/** Null when it is settled, otherwise the milliseconds before the next attempt. */
async function attempt(message: PendingMessage): Promise<number | null> {
  const { serverId, channelId, nonce, content, replyTo } = message
  try {
    const params = { path: { server_id: serverId, channel_id: channelId } }
    const body = { content, nonce, ...(replyTo ? { reply_to: replyTo.id } : {}) }
    confirm(
      await answer(http.POST('/servers/{server_id}/channels/{channel_id}/messages', { params, body })),
      nonce,
    )
    return null
  } catch (error) {
    const problem = asProblem(error)
    const passing = problem.isNetwork || problem.status >= 500 || problem.status === 429
    const made = attempts.get(nonce) ?? 0
    // Without a connection it waits as long as it takes; `sendQueued` is called when it is back.
    const offline = useStore.getState().connection !== 'live'
    if (passing && (offline || made < retryMs.length)) {
      attempts.set(nonce, made + 1)
      changePending(channelId, nonce, { state: 'queued' })
      return Math.max(retryMs[made] ?? offlineRetryMs, (problem.retryAfter ?? 0) * 1_000)
    }
    attempts.delete(nonce)
    changePending(channelId, nonce, { state: 'failed', problem: problem.code })
    return null
  }
}

function confirm(message: Message, nonce: string): void {
  attempts.delete(nonce)
  useStore.setState((state) => {
    const put = changeLog(state, message.channel_id, (log) =>
      log.state === 'ready' || log.state === 'stale' ? withSent(log, message) : log,
    )
    return dropPending(put, message.channel_id, nonce)
  })
}

function changePending(channelId: Id, nonce: string, changes: Partial<PendingMessage>): void {
  useStore.setState(({ pending }) => {
    const list = pending[channelId]?.map((message) =>
      message.nonce === nonce ? { ...message, ...changes } : message,
    )
    return list ? { pending: { ...pending, [channelId]: list } } : {}
  })
}
