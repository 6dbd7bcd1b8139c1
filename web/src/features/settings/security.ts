import { type UseQueryResult, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect } from 'react'
import { answer, http } from '@/api/client'
import type { Security } from '@/api/contract'
import { onGatewayEvent } from '@/app/session'
import { useStore } from '@/state/store'
import { touchesSecurity } from './security-events'

const key = ['security']

/** From this many on, more recovery codes should be made. */
export const fewCodes = 3

function readSecurity({ signal }: { signal: AbortSignal }): Promise<Security> {
  return answer(http.GET('/users/@me/security', { signal }))
}

/** How the account is protected, following what is changed elsewhere. */
export function useSecurity(): UseQueryResult<Security> {
  const refresh = useSecurityRefresh()
  useEffect(
    () =>
      onGatewayEvent((event) => {
        if (touchesSecurity(event, useStore.getState().me?.id)) refresh()
      }),
    [refresh],
  )
  return useQuery({
    queryKey: key,
    queryFn: readSecurity,
    refetchOnMount: 'always',
  })
}

/** How the account is protected at this moment: waits while there is no network. */
export function useSecurityNow(): () => Promise<Security> {
  const queries = useQueryClient()
  return useCallback(
    () => queries.fetchQuery({ queryKey: key, queryFn: readSecurity, staleTime: 0, retry: 3 }),
    [queries],
  )
}

/** Asks again how the account is protected, after it was changed here. */
export function useSecurityRefresh(): () => void {
  const queries = useQueryClient()
  return useCallback(() => void queries.invalidateQueries({ queryKey: key }), [queries])
}
