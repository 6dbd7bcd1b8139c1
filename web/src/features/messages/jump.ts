/** The way to a message, wherever it is. */
import { create } from 'zustand'
import type { Id } from '@/api/contract'
import { currentRoute, navigate } from '@/app/router'
import { type Arrival, loadAround, showPresent } from './history'

/** How long a message stands out after the way has led to it. */
const litMs = 2_500

interface Jump {
  /** The message to which the list goes as soon as it shows it; a new object for each time. */
  target: { channelId: Id; messageId: Id } | null
  /** The message that stands out. */
  lit: Id | null
}

export const useJump = create<Jump>(() => ({ target: null, lit: null }))

let latest = 0

/** Leads to a message of the channel on the screen. Whoever wants to go elsewhere meanwhile goes there. */
export async function jumpTo(serverId: Id, channelId: Id, messageId: Id): Promise<Arrival> {
  latest += 1
  const attempt = latest
  const arrival = await loadAround(serverId, channelId, messageId)
  if (arrival !== 'there' || attempt !== latest) return arrival
  useJump.setState({ target: { channelId, messageId }, lit: messageId })
  setTimeout(() => useJump.setState(({ lit }) => (lit === messageId ? { lit: null } : {})), litMs)
  return arrival
}

/** Leads to the newest messages of a channel; its address is no longer that of a message. */
export function goToPresent(channelId: Id): void {
  latest += 1
  showPresent(channelId)
  const route = currentRoute()
  if (route.name !== 'channel' || route.channelId !== channelId) return
  navigate({ name: 'channel', serverId: route.serverId, channelId }, { replace: true })
}

/** The list has come to where it was to go. */
export function arrived(): void {
  useJump.setState({ target: null })
}

/** Puts the focus on a message once it is drawn, so that the keyboard and the screen reader are there, too. */
export function focusMessage(messageId: Id): void {
  const until = performance.now() + litMs
  const before = document.activeElement
  const look = () => {
    const now = document.activeElement
    // Whoever has begun to write meanwhile goes on writing.
    if (now !== before && (now instanceof HTMLTextAreaElement || now instanceof HTMLInputElement)) return
    const row = document.querySelector<HTMLElement>(`[data-message="${CSS.escape(messageId)}"]`)
    row?.focus({ preventScroll: true })
    // Until it is measured it is hidden, and takes no focus.
    if ((!row || document.activeElement !== row) && performance.now() < until) requestAnimationFrame(look)
  }
  look()
}
