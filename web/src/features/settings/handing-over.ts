import type { ApiProblem } from '@/api/problem'
import { type StoreState, selectServers } from '@/state/store'

/** A server that has to be handed over; without an id where it is known by its name alone. */
export interface OwnedServer {
  id: string | null
  name: string
}

/** The servers that I own, as far as they are known here. */
export function selectOwned(state: StoreState): OwnedServer[] {
  return selectServers(state).filter(({ owner_id }) => owner_id === state.me?.id)
}

/** What has to be handed over first: what is known here, and what a refusal names besides. */
export function toHandOver(owned: OwnedServer[], problem: ApiProblem | null): OwnedServer[] {
  const named = problem?.code === 'owns_servers' ? problem.fields.map(({ detail }) => detail) : []
  const known = new Set(owned.map(({ name }) => name))
  return [...owned, ...named.filter((name) => !known.has(name)).map((name) => ({ id: null, name }))]
}
