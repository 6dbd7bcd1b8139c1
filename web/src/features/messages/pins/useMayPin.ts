import type { Message } from '@/api/contract'
import { mayInChannel, useStore, viewOf } from '@/state/store'

/** Whether I may pin a message to its channel. */
export function useMayPin(message: Message | null): boolean {
  return useStore(
    (state) =>
      message !== null &&
      viewOf(state, message.server_id) === null &&
      mayInChannel(state, message.server_id, message.channel_id, 'pin_messages'),
  )
}
