import { type UseQueryResult, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { answer, http } from '@/api/client'
import type { Id, Profile } from '@/api/contract'
import { onGatewayEvent } from '@/app/session'
import { touchesProfile } from './profile-events'

/** What somebody shows of themself, following what they change. */
export function useProfile(id: Id): UseQueryResult<Profile> {
  const queries = useQueryClient()
  useEffect(
    () =>
      onGatewayEvent((event) => {
        if (touchesProfile(event, id)) void queries.invalidateQueries({ queryKey: ['profile', id] })
      }),
    [queries, id],
  )
  return useQuery({
    queryKey: ['profile', id],
    queryFn: ({ signal }) =>
      answer(http.GET('/users/{user_id}', { params: { path: { user_id: id } }, signal })),
    refetchOnMount: 'always',
  })
}
