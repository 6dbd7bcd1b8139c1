import { type QueryClient, useQuery } from '@tanstack/react-query'
import { answer, http } from '@/api/client'
import type { Channel, Id, Member, Overwrite, Permission } from '@/api/contract'
import type { Ruling } from '@/design/TriState'
import { useStore } from '@/state/store'

function pathOf(channel: Channel) {
  return { server_id: channel.server_id, channel_id: channel.id }
}

/** The exceptions that stand on a channel or folder itself. */
export function useOverwrites(channel: Channel) {
  return useQuery({
    queryKey: ['channel-rights', channel.id, 'overwrites'],
    queryFn: () =>
      answer(
        http.GET('/servers/{server_id}/channels/{channel_id}/overwrites', {
          params: { path: pathOf(channel) },
        }),
      ),
    refetchOnMount: 'always',
  })
}

/** What a member may do in a channel, and why. */
export function useExplained(channel: Channel, userId: Id) {
  return useQuery({
    queryKey: ['channel-rights', channel.id, 'explained', userId],
    queryFn: () =>
      answer(
        http.GET('/servers/{server_id}/channels/{channel_id}/permissions/{user_id}', {
          params: { path: { ...pathOf(channel), user_id: userId } },
        }),
      ),
    refetchOnMount: 'always',
    staleTime: 0,
  })
}

/** A member by id, from what is known or from the server; undefined until then. */
export function useMember(serverId: Id, userId: Id): Member | undefined {
  const known = useStore((state) => state.members[serverId]?.byId[userId])
  const fetched = useQuery({
    queryKey: ['member', serverId, userId],
    enabled: known === undefined,
    queryFn: () =>
      answer(
        http.GET('/servers/{server_id}/members/{user_id}', {
          params: { path: { server_id: serverId, user_id: userId } },
        }),
      ),
  })
  return known ?? fetched.data
}

/** Makes an exception or changes it; one that says nothing is removed. */
export async function putOverwrite(
  channel: Channel,
  overwrite: Pick<Overwrite, 'target_id' | 'kind' | 'allow' | 'deny'>,
) {
  const params = { path: { ...pathOf(channel), target_id: overwrite.target_id } }
  const { kind, allow, deny } = overwrite
  await answer(
    http.PUT('/servers/{server_id}/channels/{channel_id}/overwrites/{target_id}', {
      params,
      body: { kind, allow, deny },
    }),
  )
}

export async function deleteOverwrite(channel: Channel, targetId: Id) {
  const params = { path: { ...pathOf(channel), target_id: targetId } }
  await answer(http.DELETE('/servers/{server_id}/channels/{channel_id}/overwrites/{target_id}', { params }))
}

/** What was fetched of a channel's rights is fetched anew. */
export async function refreshRights(queries: QueryClient, channel: Channel): Promise<void> {
  await queries.invalidateQueries({ queryKey: ['channel-rights', channel.id] })
}

/** What an exception says of a permission. Pure. */
export function rulingOf({ allow, deny }: Pick<Overwrite, 'allow' | 'deny'>, permission: Permission): Ruling {
  if (allow.includes(permission)) return 'allow'
  return deny.includes(permission) ? 'deny' : 'inherit'
}

/** The exception with another ruling on a permission. Pure. */
export function withRuling<Exception extends Pick<Overwrite, 'allow' | 'deny'>>(
  exception: Exception,
  permission: Permission,
  ruling: Ruling,
): Exception {
  const without = (set: Permission[]) => set.filter((other) => other !== permission)
  const allow = without(exception.allow)
  const deny = without(exception.deny)
  return {
    ...exception,
    allow: ruling === 'allow' ? [...allow, permission] : allow,
    deny: ruling === 'deny' ? [...deny, permission] : deny,
  }
}
