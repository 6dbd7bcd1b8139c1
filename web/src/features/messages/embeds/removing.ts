import { answer, http } from '@/api/client'
import type { Message } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { toast } from '@/design/toasts'
import { useProblemText } from '@/i18n/problems'
import { changeLog } from '@/state/apply-event'
import { withoutEmbeds } from '@/state/message-changes'
import { mayInChannel, useStore } from '@/state/store'

const embedsPath = '/servers/{server_id}/channels/{channel_id}/messages/{message_id}/embeds' as const

/** Removes the previews of a message, for everyone and for good. */
async function removeEmbeds(message: Message): Promise<void> {
  const { server_id, channel_id, id: message_id } = message
  await answer(http.DELETE(embedsPath, { params: { path: { server_id, channel_id, message_id } } }))
  useStore.setState((state) => changeLog(state, channel_id, (log) => withoutEmbeds(log, message_id)))
}

/** Removes the previews of a message, if there are any and the reader may: its author, and who manages messages. */
export function useRemoveEmbeds(message: Message | null): (() => void) | null {
  const problemText = useProblemText()
  const may = useStore(
    (state) =>
      message !== null &&
      message.embeds.length > 0 &&
      (state.me?.id === message.author.id ||
        mayInChannel(state, message.server_id, message.channel_id, 'manage_messages')),
  )
  if (!message || !may) return null
  return () => {
    removeEmbeds(message).catch((error) => toast(problemText(asProblem(error)), 'danger'))
  }
}
