import type { Message } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { toast } from '@/design/toasts'
import { useProblemText } from '@/i18n/problems'
import { mayInChannel, useStore, viewOf } from '@/state/store'
import { react } from './reacting'

/** Reacts, and says so when it did not work. */
export function useReact(): (message: Message, emoji: string, wanted: boolean) => void {
  const problemText = useProblemText()
  return (message, emoji, wanted) => {
    react(message, emoji, wanted).catch((error) => toast(problemText(asProblem(error)), 'danger'))
  }
}

/** Whether I may react to a message with something new. */
export function useMayReact(message: Message | null): boolean {
  return useStore(
    (state) =>
      message !== null &&
      viewOf(state, message.server_id) === null &&
      mayInChannel(state, message.server_id, message.channel_id, 'add_reactions'),
  )
}
