/** Those who wrote what is on the screen, and whom they name, for their names and colours in the server. */
import { useEffect, useRef } from 'react'
import { answer, http } from '@/api/client'
import type { Id, Message } from '@/api/contract'
import { unknownOf } from '@/state/server-members'
import { askForMembers, useStore } from '@/state/store'

/** Members that one answer tells of at most. */
const atOnce = 100

/** Has the authors of messages known, and those whom they mention, as far as they are members. */
export function useAuthors(serverId: Id, messages: Message[] | undefined): void {
  const live = useStore((state) => state.connection === 'live')
  const loadedAt = useStore((state) => state.loadedAt)
  const asked = useRef(new Set<Id>())

  // biome-ignore lint/correctness/useExhaustiveDependencies: what was known before a new session may be old
  useEffect(() => {
    if (!live || !messages) return
    const people = messages.flatMap(({ author, mentions, reply_to }) => [
      author.id,
      ...mentions.user_ids,
      ...(reply_to?.author ? [reply_to.author.id] : []),
    ])
    const missing = unknownOf(useStore.getState().members[serverId], [...new Set(people)])
    const ids = missing.filter((id) => !asked.current.has(id))
    for (let from = 0; from < ids.length; from += atOnce) {
      void ask(serverId, ids.slice(from, from + atOnce), asked.current)
    }
  }, [serverId, messages, live, loadedAt])
}

async function ask(serverId: Id, ids: Id[], asked: Set<Id>): Promise<void> {
  for (const id of ids) asked.add(id)
  const take = askForMembers(serverId, ids)
  try {
    const params = { path: { server_id: serverId }, query: { user_ids: ids.join(',') } }
    const { items } = await answer(http.GET('/servers/{server_id}/members', { params }))
    take(items)
  } catch {
    // Without them messages carry the names of accounts; the next messages are a reason to ask again.
    take(null)
  } finally {
    for (const id of ids) asked.delete(id)
  }
}
