import { type UseQueryResult, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { answer, http } from '@/api/client'
import type { DataExport } from '@/api/contract'
import { asProblem } from '@/api/problem'

const key = ['export']
/** How often it is asked whether it is ready. */
const askEveryMs = 3_000
/** Where a copy that is ready is downloaded from. */
export const fileAddress = '/api/v1/users/@me/export/file'

/** The copy of my data that was asked for last; null when there is none, or it is not kept any more. */
export function useDataExport(): UseQueryResult<DataExport | null> {
  return useQuery({
    queryKey: key,
    queryFn: ({ signal }) => answer(http.GET('/users/@me/export', { signal })).catch(noneOf),
    refetchOnMount: 'always',
    refetchInterval: ({ state }) => (state.data?.status === 'preparing' ? askEveryMs : false),
  })
}

/** Whether there is something to download: this copy, or the one from before until this one is ready. */
export function hasFile(copy: DataExport | null | undefined): boolean {
  return copy != null && (copy.status === 'ready' || copy.before != null)
}

function noneOf(error: unknown): null {
  if (asProblem(error).code === 'export_not_found') return null
  throw error
}

/** Asks for a copy of my data. */
export function useAskForExport(): () => Promise<void> {
  const queries = useQueryClient()
  return useCallback(async () => {
    try {
      queries.setQueryData(key, await answer(http.POST('/users/@me/export')))
    } catch (error) {
      // It was asked for elsewhere: then that one is shown.
      if (asProblem(error).code !== 'export_running') throw error
      await queries.invalidateQueries({ queryKey: key })
    }
  }, [queries])
}

/** When one may ask again who has asked too often. */
export function nextAsking(retryAfter: number | null, now: number): string {
  return new Date(now + (retryAfter ?? 0) * 1_000).toISOString()
}
