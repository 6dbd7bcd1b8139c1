import { useEffect } from 'react'
import type { Channel } from '@/api/contract'
import { restoreReply, useReplying } from '../replies/replying'
import { useDrafts } from './drafts'
import { keepDraft } from './keeping'

/** The text that was begun in a channel, on whichever device, and how to go on with it. */
export function useDraft({ server_id, id }: Channel): [string, (text: string) => void] {
  const text = useDrafts(({ byChannel }) => byChannel[id]?.text ?? '')
  const replyTo = useDrafts(({ byChannel }) => byChannel[id]?.replyTo ?? null)
  const answered = useReplying(({ byChannel }) => byChannel[id]?.id ?? null)
  useEffect(() => {
    if (replyTo !== answered) void restoreReply(server_id, id, replyTo)
  }, [server_id, id, replyTo, answered])
  return [text, (next) => keepDraft(server_id, id, { text: next })]
}
