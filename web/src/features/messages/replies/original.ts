import { useEffect, useState } from 'react'
import { answer, http } from '@/api/client'
import type { AnsweredMessage, Id, Message } from '@/api/contract'
import { heldMessage, quoteOf } from '@/state/message-changes'
import { useStore } from '@/state/store'

const messagePath = '/servers/{server_id}/channels/{channel_id}/messages/{message_id}' as const

/** What was fetched for one answer serves the others, too. */
const fetched = new Map<Id, Promise<Message | null>>()
const remembered = 200

/** What an answer quotes. Where some may not read what was said before, events do not tell: it is read by its id. */
export function useOriginal(serverId: Id, channelId: Id, replyTo: AnsweredMessage): AnsweredMessage {
  const { id } = replyTo
  const withheld = !replyTo.deleted && !replyTo.author
  const loaded = useStore((state) => (withheld ? heldMessage(state.messages[channelId], id) : undefined))
  const [read, setRead] = useState<Message | null>(null)
  const wanted = withheld && !loaded

  useEffect(() => {
    if (!wanted) return
    let current = true
    void readMessage(serverId, channelId, id).then((message) => current && setRead(message))
    return () => {
      current = false
    }
  }, [wanted, serverId, channelId, id])

  const message = loaded ?? read
  return withheld && message?.id === id ? quoteOf(message) : replyTo
}

/** A message by its id; null when it is not to be had. */
export function readMessage(serverId: Id, channelId: Id, id: Id): Promise<Message | null> {
  const known = fetched.get(id)
  if (known) return known
  const params = { path: { server_id: serverId, channel_id: channelId, message_id: id } }
  const reading = answer(http.GET(messagePath, { params })).catch(() => {
    // Refused or not to be had: the quote stays what it was, and the next that shows it asks again.
    fetched.delete(id)
    return null
  })
  if (fetched.size >= remembered) fetched.delete(fetched.keys().next().value ?? '')
  fetched.set(id, reading)
  return reading
}

// What one user may read is not told to the next.
useStore.subscribe((state, before) => {
  if (state.me?.id !== before.me?.id) fetched.clear()
})
