import { useLingui } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import { asProblem } from '@/api/problem'
import { Button } from '@/design/Button'
import { EmptyState } from '@/design/EmptyState'
import { Skeleton, useAfter } from '@/design/Skeleton'
import { useProblemText } from '@/i18n/problems'
import styles from './Section.module.css'

/** What {@link Pages} needs of an infinite query. */
interface Fetched<Item> {
  data: { pages: { items: Item[] }[] } | undefined
  error: unknown
  isError: boolean
  isPlaceholderData: boolean
  hasNextPage: boolean
  isFetchingNextPage: boolean
  refetch: () => unknown
  fetchNextPage: () => unknown
}

interface PagesProps<Item> {
  label: string
  fetched: Fetched<Item>
  /** What is said when there is nothing. */
  empty: ReactNode
  children: (item: Item) => ReactNode
}

/** A list that is fetched page by page. */
export function Pages<Item>({ label, fetched, empty, children }: PagesProps<Item>) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const late = useAfter(300)
  if (fetched.isError) {
    return (
      <EmptyState
        title={problemText(asProblem(fetched.error))}
        actions={<Button onPress={() => void fetched.refetch()}>{t`Try again`}</Button>}
      />
    )
  }
  if (!fetched.data) {
    if (!late) return null
    return (
      <div className={styles.rows}>
        {[1, 2, 3, 4].map((row) => (
          <Skeleton key={row} height="2.75rem" />
        ))}
      </div>
    )
  }
  const items = fetched.data.pages.flatMap((page) => page.items)
  if (items.length === 0) return empty
  return (
    <>
      <ul className={styles.rows} aria-label={label} aria-busy={fetched.isPlaceholderData}>
        {items.map(children)}
      </ul>
      {fetched.hasNextPage && (
        <Button isPending={fetched.isFetchingNextPage} onPress={() => void fetched.fetchNextPage()}>
          {t`Show more`}
        </Button>
      )}
    </>
  )
}
