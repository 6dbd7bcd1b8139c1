import { useInfiniteQuery } from '@tanstack/react-query'
import { answer, http } from '@/api/client'
import { asProblem } from '@/api/problem'
import { channelsOf, isAnything, queryOf, type Wanted } from './query'

const pageSize = 25
/** Who types faster than the server lets them search waits so often without a word. */
const mostWaits = 3

/** What is found, page by page. */
export function useResults(wanted: Wanted) {
  const query = queryOf(wanted)
  const channels = channelsOf(wanted)
  const { serverId: server_id, channelId } = wanted
  // Who names channels looks for them in the whole server.
  const channel_id = channels.length > 0 ? null : channelId
  const results = useInfiniteQuery({
    queryKey: ['search', server_id, channel_id, channels, query],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => {
      const asked = { ...query, limit: pageSize, ...(pageParam ? { cursor: pageParam } : {}) }
      if (channel_id !== null) {
        const params = { path: { server_id, channel_id }, query: asked }
        return answer(http.GET('/servers/{server_id}/channels/{channel_id}/search', { params, signal }))
      }
      const within = channels.length > 0 ? { channel: channels } : {}
      const params = { path: { server_id }, query: { ...asked, ...within } }
      return answer(http.GET('/servers/{server_id}/search', { params, signal }))
    },
    getNextPageParam: (page) => page.next ?? undefined,
    enabled: isAnything(wanted),
    // What was found before stays until there is something else.
    placeholderData: (before) => before,
    refetchOnMount: 'always',
    retry: (failures, error) => failures < mostWaits && waitOf(error) !== null,
    retryDelay: (_, error) => (waitOf(error) ?? 1) * 1_000,
    // What was found long ago may be gone.
    staleTime: 0,
  })
  return { ...results, problem: results.error ? asProblem(results.error) : null }
}

/** For how many seconds one who searched too often is asked to wait. */
function waitOf(error: unknown): number | null {
  const { status, retryAfter } = asProblem(error)
  return status === 429 ? retryAfter : null
}
