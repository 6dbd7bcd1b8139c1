import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Id } from '@/api/contract'
import { useStore } from '@/state/store'

let known: { userId: Id | undefined; client: QueryClient } | null = null

/** What was fetched for one user is not shown to the next. */
function clientOf(userId: Id | undefined): QueryClient {
  if (known?.userId !== userId || !known) known = { userId, client: newClient() }
  return known.client
}

function newClient(): QueryClient {
  return new QueryClient({
    // The transport repeats what may be repeated.
    defaultOptions: { queries: { retry: false, staleTime: 30_000, refetchOnWindowFocus: false } },
  })
}

/** Around a part that fetches what no event keeps fresh. */
export function Queries({ children }: { children: ReactNode }) {
  const userId = useStore((state) => state.me?.id)
  return <QueryClientProvider client={clientOf(userId)}>{children}</QueryClientProvider>
}
