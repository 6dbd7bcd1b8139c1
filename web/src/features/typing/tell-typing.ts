/** Tells the others that I am writing: while one goes on, as often as the server asks for it and no oftener. */
import { answer, http } from '@/api/client'
import type { Id } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { useStore } from '@/state/store'

const everyMs = 8_000

/** Until when it need not be told again, in milliseconds since 1970, by channel. */
const toldUntil = new Map<Id, number>()
/** The same for all channels, after it was told too often. */
let refusedUntil = 0

/** Somebody has changed what they are about to send. */
export function tellTyping(serverId: Id, channelId: Id, text: string): void {
  const now = Date.now()
  if (!isWriting(text) || now < Math.max(refusedUntil, toldUntil.get(channelId) ?? 0)) return
  if (useStore.getState().connection !== 'live') return
  toldUntil.set(channelId, now + everyMs)
  void tell(serverId, channelId)
}

/** A message says for the others that its author has written it: who begins another one tells so anew. */
export function typingEnded(channelId: Id): void {
  toldUntil.delete(channelId)
}

/** Forgets what one user has told before the next signs in. */
export function forgetTold(): void {
  toldUntil.clear()
  refusedUntil = 0
}

/** Whether there is something to be sent; one slash only opens the list of commands. */
function isWriting(text: string): boolean {
  const content = text.trim()
  return content !== '' && content !== '/'
}

async function tell(serverId: Id, channelId: Id): Promise<void> {
  const params = { path: { server_id: serverId, channel_id: channelId } }
  try {
    await answer(http.POST('/servers/{server_id}/channels/{channel_id}/typing', { params }))
  } catch (error) {
    // Lost, nobody misses it. Only when it was too often, it waits for as long as it is told.
    const { retryAfter } = asProblem(error)
    if (retryAfter) refusedUntil = Date.now() + retryAfter * 1_000
  }
}
