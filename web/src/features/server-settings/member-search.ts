import { type QueryClient, useInfiniteQuery } from '@tanstack/react-query'
import { answer, http } from '@/api/client'
import type { Id } from '@/api/contract'

const pageSize = 50

/** Members of a server, in order of their names, page by page. */
export function useMemberSearch(serverId: Id, sought: string, roleId: Id | null = null) {
  return useInfiniteQuery({
    queryKey: ['members', serverId, sought, roleId],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => {
      const query = {
        limit: pageSize,
        ...(sought ? { query: sought } : {}),
        ...(roleId ? { role_id: roleId } : {}),
        ...(pageParam ? { after: pageParam } : {}),
      }
      const params = { path: { server_id: serverId }, query }
      return answer(http.GET('/servers/{server_id}/members', { params, signal }))
    },
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: (before) => before,
    refetchOnMount: 'always',
  })
}

/** Lists of members are asked for anew, after something was done to one. */
export async function refreshMembers(queries: QueryClient, serverId: Id): Promise<void> {
  await queries.invalidateQueries({ queryKey: ['members', serverId] })
}
