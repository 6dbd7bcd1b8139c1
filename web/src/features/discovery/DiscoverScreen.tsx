import { Plural, useLingui } from '@lingui/react/macro'
import { useInfiniteQuery } from '@tanstack/react-query'
import { ArrowLeft, Compass } from 'lucide-react'
import { useState } from 'react'
import { answer, http } from '@/api/client'
import { asProblem } from '@/api/problem'
import { useWidth } from '@/app/layout'
import { Queries } from '@/app/queries'
import { navigate } from '@/app/router'
import { useTitle } from '@/app/title'
import { Button, IconButton } from '@/design/Button'
import { EmptyState } from '@/design/EmptyState'
import { SearchField } from '@/design/SearchField'
import { Skeleton, useAfter } from '@/design/Skeleton'
import { useProblemText } from '@/i18n/problems'
import styles from './DiscoverScreen.module.css'
import { ScrollMark } from './ScrollMark'
import { ServerCard } from './ServerCard'
import { useSettled } from './use-settled'

const pageSize = 24
/** Milliseconds without a key before it is searched. */
const settlesAfter = 200

/** Public servers to find and join (S1, S2). */
export default function DiscoverScreen() {
  const { t } = useLingui()
  const width = useWidth()
  const [text, setText] = useState('')
  const sought = useSettled(text.trim(), settlesAfter)

  useTitle(t`Find servers`)

  return (
    <main className={styles.screen}>
      <div className={styles.column}>
        <header className={styles.header}>
          {width === 'narrow' && (
            <IconButton
              label={t`Back to my servers`}
              placement="bottom"
              onPress={() => navigate({ name: 'home' })}
            >
              <ArrowLeft size={20} />
            </IconButton>
          )}
          <h1 className={styles.title}>{t`Find servers`}</h1>
        </header>
        <SearchField label={t`Search public servers`} value={text} onChange={setText} />
        <Queries>
          <Results query={sought} />
        </Queries>
      </div>
    </main>
  )
}

function Results({ query }: { query: string }) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const found = useInfiniteQuery({
    queryKey: ['discover', query],
    initialPageParam: '',
    queryFn: async ({ pageParam, signal }) => {
      const range = {
        limit: pageSize,
        ...(query ? { query } : {}),
        ...(pageParam ? { after: pageParam } : {}),
      }
      return answer(http.GET('/servers/discover', { params: { query: range }, signal }))
    },
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: (before) => before,
    refetchOnMount: 'always',
  })

  if (found.isError && !found.data) {
    return (
      <EmptyState
        title={problemText(asProblem(found.error))}
        actions={<Button onPress={() => void found.refetch()}>{t`Try again`}</Button>}
      />
    )
  }
  if (!found.data) return <Placeholders />
  // Somebody may join or leave while one reads on, and a server then stands on two pages.
  const byId = new Map(found.data.pages.flatMap((page) => page.items).map((server) => [server.id, server]))
  const servers = [...byId.values()]
  if (servers.length === 0) {
    return (
      <EmptyState icon={<Compass />} title={query ? t`Nothing found` : t`There are no public servers yet`}>
        {query ? t`Try another word, or fewer of them.` : t`Create one, and make it public.`}
      </EmptyState>
    )
  }
  return (
    <>
      <ul className={styles.cards} aria-busy={found.isPlaceholderData} aria-label={t`Public servers`}>
        {servers.map((server) => (
          <ServerCard key={server.id} server={server} />
        ))}
      </ul>
      {found.isFetchNextPageError ? (
        <Button onPress={() => void found.fetchNextPage()}>{t`Try again`}</Button>
      ) : (
        found.hasNextPage &&
        !found.isPlaceholderData && (
          <ScrollMark
            from={`${query} ${found.data.pages.length} ${found.isFetching}`}
            onNear={() => {
              if (!found.isFetching) void found.fetchNextPage()
            }}
          />
        )
      )}
      <p className="visually-hidden" role="status">
        {!found.isFetching && <Plural value={servers.length} one="# server shown" other="# servers shown" />}
      </p>
    </>
  )
}

function Placeholders() {
  const late = useAfter(300)
  if (!late) return null
  return (
    <div className={styles.cards}>
      {[1, 2, 3, 4, 5, 6].map((card) => (
        <Skeleton key={card} height="14rem" />
      ))}
    </div>
  )
}
