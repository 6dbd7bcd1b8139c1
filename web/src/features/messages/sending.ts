import { answer, http } from '@/api/client'
import type { AnsweredMessage, Id, Message } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { dropUploads, uploadsOf, useUploads } from '@/features/files/uploads'
import { changeLog, dropPending } from '@/state/apply-event'
import { withSent } from '@/state/message-log'
import type { PendingMessage } from '@/state/model'
import { useStore } from '@/state/store'

const retryMs = [1_000, 3_000, 8_000]
/** After these, for as long as there is no connection. */
const offlineRetryMs = 30_000

const attempts = new Map<string, number>()
const sendingIn = new Set<Id>()

/** Runs uploads; fetched with the first file. */
const uploading = () => import('@/features/files/uploading')

/** Shows a message at once and sends it as soon as its files are uploaded and the ones before it are through. */
export function sendMessage(
  serverId: Id,
  channelId: Id,
  content: string,
  replyTo: AnsweredMessage | null = null,
  files: string[] = [],
): void {
  const message: PendingMessage = {
    nonce: crypto.randomUUID(),
    serverId,
    channelId,
    content,
    replyTo,
    createdAt: new Date().toISOString(),
    files,
    state: 'uploading',
    problem: null,
  }
  useStore.setState(({ pending }) => ({
    pending: { ...pending, [channelId]: [...(pending[channelId] ?? []), message] },
  }))
  lookAtFiles()
}

/** Queues the messages whose files are there, and gives up those with one that failed. */
function lookAtFiles(): void {
  const waiting = Object.values(useStore.getState().pending)
    .flat()
    .filter(({ state }) => state === 'uploading')
  for (const { channelId, nonce, files } of waiting) {
    const uploads = uploadsOf(files)
    const failed = uploads.find(({ state }) => state === 'failed')
    if (failed) changePending(channelId, nonce, { state: 'failed', problem: failed.problem })
    else if (uploads.filter(({ state }) => state === 'done').length === files.length) {
      changePending(channelId, nonce, { state: 'queued' })
      void sendNext(channelId)
    }
  }
}

useUploads.subscribe(lookAtFiles)

/** Tries a failed message again, under the same nonce: if it did arrive, it stays one. */
export function retryMessage(channelId: Id, nonce: string): void {
  attempts.delete(nonce)
  const { files = [], problem } = pendingOf(channelId, nonce) ?? {}
  const again = () => {
    changePending(channelId, nonce, { state: 'uploading', problem: null })
    lookAtFiles()
  }
  if (files.length === 0) {
    again()
    return
  }
  void uploading().then(({ renewUploads, retryUploads }) => {
    if (problem === 'attachment_not_found') renewUploads(files)
    else retryUploads(files)
    again()
  })
}

/** Gives up a message that failed, or that is waiting for its files. */
export function discardMessage(channelId: Id, nonce: string): void {
  attempts.delete(nonce)
  const files = pendingOf(channelId, nonce)?.files ?? []
  useStore.setState((state) => dropPending(state, channelId, nonce))
  if (files.length > 0) void uploading().then(({ removeUploads }) => removeUploads(files))
}

function pendingOf(channelId: Id, nonce: string): PendingMessage | undefined {
  return useStore.getState().pending[channelId]?.find((message) => message.nonce === nonce)
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
  const { serverId, channelId, nonce } = message
  try {
    const params = { path: { server_id: serverId, channel_id: channelId } }
    const body = bodyOf(message)
    confirm(
      await answer(http.POST('/servers/{server_id}/channels/{channel_id}/messages', { params, body })),
      message,
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

function bodyOf({ content, nonce, replyTo, files }: PendingMessage) {
  const uploads = uploadsOf(files)
  const idsOf = (some: typeof uploads) => some.flatMap(({ attachment }) => attachment?.id ?? [])
  const attachments =
    files.length > 0
      ? {
          attachment_ids: idsOf(uploads),
          spoiler_attachment_ids: idsOf(uploads.filter(({ isSpoiler }) => isSpoiler)),
        }
      : {}
  return { content, nonce, ...(replyTo ? { reply_to: replyTo.id } : {}), ...attachments }
}

function confirm(message: Message, { nonce, files }: PendingMessage): void {
  attempts.delete(nonce)
  useStore.setState((state) => {
    const put = changeLog(state, message.channel_id, (log) =>
      log.state === 'ready' || log.state === 'stale' ? withSent(log, message) : log,
    )
    return dropPending(put, message.channel_id, nonce)
  })
  if (files.length > 0) dropUploads(files)
}

function changePending(channelId: Id, nonce: string, changes: Partial<PendingMessage>): void {
  useStore.setState(({ pending }) => {
    const list = pending[channelId]?.map((message) =>
      message.nonce === nonce ? { ...message, ...changes } : message,
    )
    return list ? { pending: { ...pending, [channelId]: list } } : {}
  })
}
