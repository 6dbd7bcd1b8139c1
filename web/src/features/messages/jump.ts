/** The way to a message that is somewhere above. */
import { create } from 'zustand'
import type { Id } from '@/api/contract'
import { loadBackTo } from './history'

/** How long a message stands out after the way has led to it. */
const litMs = 2_500

interface Jump {
  /** The message to which the list goes as soon as it shows it; a new object for each time. */
  target: { channelId: Id; messageId: Id } | null
  /** The message that stands out. */
  lit: Id | null
}

export const useJump = create<Jump>(() => ({ target: null, lit: null }))

/** Leads to a message of the channel on the screen, through all between; false when it is not there any more. */
export async function jumpTo(serverId: Id, channelId: Id, messageId: Id): Promise<boolean> {
  if (!(await loadBackTo(serverId, channelId, messageId))) return false
  useJump.setState({ target: { channelId, messageId }, lit: messageId })
  setTimeout(() => useJump.setState(({ lit }) => (lit === messageId ? { lit: null } : {})), litMs)
  return true
}

/** The list has come to where it was to go. */
export function arrived(): void {
  useJump.setState({ target: null })
}

/** Puts the focus on a message once it is drawn, so that the keyboard and the screen reader are there, too. */
export function focusMessage(messageId: Id): void {
  const until = performance.now() + litMs
  const look = () => {
    const row = document.querySelector<HTMLElement>(`[data-message="${CSS.escape(messageId)}"]`)
    row?.focus({ preventScroll: true })
    // Until it is measured it is hidden, and takes no focus.
    if ((!row || document.activeElement !== row) && performance.now() < until) requestAnimationFrame(look)
  }
  look()
}
