import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { useShallow } from 'zustand/react/shallow'
import { answer, http } from '@/api/client'
import type { Id, Member } from '@/api/contract'
import { findEmoji, inTone } from '@/features/emoji/emoji-data'
import { useEmoji } from '@/features/emoji/useEmoji'
import { mayInChannel, selectChannels, selectRoles, useStore } from '@/state/store'
import { channelsFor, namesFor, type Suggestion } from './suggestions'
import type { Trigger } from './trigger'

const mostEmoji = 10
const mostFetched = 20
/** How long nothing is typed before the server is asked. */
const pauseMs = 150

/** What a name that was begun might become, the best first. */
export function useSuggestions(trigger: Trigger, serverId: Id, channelId: Id, tone: number): Suggestion[] {
  const { kind, query } = trigger
  const { book } = useEmoji(kind === 'emoji')
  const members = useMembers(kind === 'member' ? query : null, serverId)
  const channels = useStore(
    useShallow((state) => (kind === 'channel' ? selectChannels(state, serverId) : [])),
  )
  const roles = useStore(useShallow((state) => selectRoles(state, serverId)))
  // Who may call everyone may call every role.
  const loud = useStore((state) => mayInChannel(state, serverId, channelId, 'mention_everyone'))

  return useMemo(() => {
    if (kind === 'channel') return channelsFor(query, channels)
    if (kind === 'member') {
      const named = roles.filter((role) => role.position > 0 && (loud || role.mentionable))
      return namesFor(query, members, named, loud)
    }
    return findEmoji(book ?? [], query, mostEmoji).map((emoji) => {
      const text = inTone(emoji, tone)
      return { kind: 'emoji', key: `emoji-${text}`, emoji, text }
    })
  }, [kind, query, channels, members, roles, loud, book, tone])
}

/** Members who are known here, with those that the server finds; none for null. */
export function useMembers(query: string | null, serverId: Id): Member[] {
  const known = useStore((state) => (query === null ? undefined : state.members[serverId]?.byId))
  const settled = useSettled(query ?? '')
  const found = useQuery({
    queryKey: ['members', serverId, 'completion', settled],
    queryFn: ({ signal }) => {
      const asked = { limit: mostFetched, ...(settled ? { query: settled } : {}) }
      const params = { path: { server_id: serverId }, query: asked }
      return answer(http.GET('/servers/{server_id}/members', { params, signal }))
    },
    enabled: query !== null && query === settled,
    placeholderData: (before) => before,
  })
  return useMemo(() => {
    const far = (found.data?.items ?? []).filter((member) => !(member.user.id in (known ?? {})))
    return [...Object.values(known ?? {}), ...far]
  }, [known, found.data])
}

/** A value that has not changed for a moment. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const handle = setTimeout(() => setSettled(value), pauseMs)
    return () => clearTimeout(handle)
  }, [value])
  return settled
}
