import { type UseQueryResult, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect } from 'react'
import { answer, http } from '@/api/client'
import type { OwnProvider } from '@/api/contract'
import { onGatewayEvent } from '@/app/session'
import { useStore } from '@/state/store'
import { touchesSecurity } from './security-events'

const key = ['providers']

/** The accounts elsewhere by which I can sign in, following what is changed elsewhere. */
export function useProviders(): UseQueryResult<OwnProvider[]> {
  const refresh = useProvidersRefresh()
  useEffect(
    () =>
      onGatewayEvent((event) => {
        if (touchesSecurity(event, useStore.getState().me?.id)) refresh()
      }),
    [refresh],
  )
  return useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => (await answer(http.GET('/users/@me/providers', { signal }))).items,
    refetchOnMount: 'always',
  })
}

/** Asks for them again, after something was changed here. */
export function useProvidersRefresh(): () => void {
  const queries = useQueryClient()
  return useCallback(() => void queries.invalidateQueries({ queryKey: key }), [queries])
}
