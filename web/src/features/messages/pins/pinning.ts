import { useEffect, useRef, useState } from 'react'
import { answer, http } from '@/api/client'
import type { Id, Message, PinnedMessage } from '@/api/contract'
import { type ApiProblem, asProblem } from '@/api/problem'
import { changeLog } from '@/state/apply-event'
import { withPin } from '@/state/message-changes'
import { useStore } from '@/state/store'

const pinPath = '/servers/{server_id}/channels/{channel_id}/pins/{message_id}' as const
const pinsPath = '/servers/{server_id}/channels/{channel_id}/pins' as const
const pageSize = 100
/** Between one look at the pins and the next, when much happens in the channel. */
const lookAgainMs = 400

/** Pins a message to its channel, or takes it off (M4). */
export async function pin(message: Message, pinned: boolean): Promise<void> {
  const { server_id, channel_id, id: message_id } = message
  const params = { path: { server_id, channel_id, message_id } }
  await answer(pinned ? http.PUT(pinPath, { params }) : http.DELETE(pinPath, { params }))
  useStore.setState((state) => changeLog(state, channel_id, (log) => withPin(log, message_id, pinned)))
}

/** What is pinned to a channel; null until it is known. Fetched again when a message of the channel changed. */
export function usePins(serverId: Id, channelId: Id) {
  const changes = useStore((state) => state.messages[channelId]?.changes ?? 0)
  const loadedAt = useStore((state) => state.loadedAt)
  const [pins, setPins] = useState<PinnedMessage[] | null>(null)
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const looked = useRef(0)

  // biome-ignore lint/correctness/useExhaustiveDependencies: each change is a reason to look again
  useEffect(() => {
    let current = true
    const look = async () => {
      looked.current = Date.now()
      try {
        const all = await fetchPins(serverId, channelId)
        if (current) setPins(all)
        if (current) setProblem(null)
      } catch (error) {
        if (current) setProblem(asProblem(error))
      }
    }
    const waiting = setTimeout(() => void look(), Math.max(looked.current + lookAgainMs - Date.now(), 0))
    return () => {
      current = false
      clearTimeout(waiting)
    }
  }, [serverId, channelId, changes, loadedAt])

  return { pins, problem }
}

async function fetchPins(server_id: Id, channel_id: Id): Promise<PinnedMessage[]> {
  const all: PinnedMessage[] = []
  for (let before: string | null = null; ; ) {
    const query: { limit: number; before?: string } = { limit: pageSize, ...(before ? { before } : {}) }
    const page = await answer(http.GET(pinsPath, { params: { path: { server_id, channel_id }, query } }))
    all.push(...page.items)
    before = page.next ?? null
    if (!before) return all
  }
}
