import { useLingui } from '@lingui/react/macro'
import { useInfiniteQuery } from '@tanstack/react-query'
import { ArrowLeft, Compass } from 'lucide-react'
import { useDeferredValue, useEffect, useState } from 'react'
import { answer, http } from '@/api/client'
import { asProblem } from '@/api/problem'
import { useWidth } from '@/app/layout'
import { Queries } from '@/app/queries'
import { navigate } from '@/app/router'
import { Button, IconButton } from '@/design/Button'
import { EmptyState } from '@/design/EmptyState'
import { SearchField } from '@/design/SearchField'
import { Skeleton, useAfter } from '@/design/Skeleton'
import { useProblemText } from '@/i18n/problems'
import styles from './DiscoverScreen.module.css'
import { ServerCard } from './ServerCard'

const pageSize = 24

/** Public servers to find and join (S1, S2). */
export default function DiscoverScreen() {
  const { t } = useLingui()
  const width = useWidth()
  const [text, setText] = useState('')
  const sought = useDeferredValue(text.trim())

  useEffect(() => {
    document.title = `${t`Find servers`} · Beep`
  }, [t])

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

  if (found.isError) {
    return (
      <EmptyState
        title={problemText(asProblem(found.error))}
        actions={<Button onPress={() => void found.refetch()}>{t`Try again`}</Button>}
      />
    )
  }
  if (!found.data) return <Placeholders />
  const servers = found.data.pages.flatMap((page) => page.items)
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
      {found.hasNextPage && (
        <Button isPending={found.isFetchingNextPage} onPress={() => void found.fetchNextPage()}>
          {t`Show more`}
        </Button>
      )}
    </>
  )
}

function Placeholders() {
  const late = useAfter(300)
  if (!late) return null
  return (
    <div className={styles.cards}>
      {[1, 2, 3, 4, 5, 6].map((card) => (
        <Skeleton key={card} height="9rem" />
      ))}
    </div>
  )
}
