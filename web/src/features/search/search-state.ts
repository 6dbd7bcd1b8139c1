import { create } from 'zustand'
import type { Id } from '@/api/contract'
import { useStore } from '@/state/store'
import { type Filter, withFilter } from './filters'
import type { Sort } from './query'

interface SearchState {
  /** The server that is searched; null while nothing is. */
  serverId: Id | null
  /** What stands in the field. */
  text: string
  filters: Filter[]
  /** What a filter in the field names that is not there. */
  unknown: string | null
  sort: Sort
  /** In the whole server, or in the channel on the screen alone. */
  everywhere: boolean
  /** How often the cursor was wished into the field. */
  called: number
}

const blank = { text: '', unknown: null, filters: [], sort: 'newest', everywhere: false } as const

export const useSearch = create<SearchState>(() => ({ serverId: null, called: 0, ...blank, filters: [] }))

/** Opens the search of a server, as it was left there. */
export function openSearch(serverId: Id): void {
  useSearch.setState((state) => ({
    ...(searched === serverId ? {} : { ...blank, filters: [] }),
    serverId,
    called: state.called + 1,
  }))
  searched = serverId
}

export function closeSearch(): void {
  useSearch.setState({ serverId: null })
}

export function addFilter(filter: Filter): void {
  useSearch.setState((state) => ({
    filters: withFilter(state.filters, filter),
    // Who names a channel does not mean this one alone.
    everywhere: filter.kind === 'in' || state.everywhere,
  }))
}

export function removeFilter(filter: Filter): void {
  useSearch.setState(({ filters }) => ({ filters: filters.filter((known) => known !== filter) }))
}

/** Searches the whole server, or this channel alone: then no others are named. */
export function setEverywhere(everywhere: boolean): void {
  useSearch.setState(({ filters }) => ({
    everywhere,
    filters: everywhere ? filters : filters.filter(({ kind }) => kind !== 'in'),
  }))
}

/** The server that was searched last. */
let searched: Id | null = null

// What one user looked for is nothing to the next.
useStore.subscribe((state, before) => {
  if (state.me?.id === before.me?.id) return
  searched = null
  useSearch.setState({ serverId: null, ...blank, filters: [] })
})
