import { plural } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import { Search, SearchX, X } from 'lucide-react'
import { type KeyboardEvent, useState } from 'react'
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components'
import type { Id } from '@/api/contract'
import { Queries } from '@/app/queries'
import { Button, IconButton } from '@/design/Button'
import { EmptyState } from '@/design/EmptyState'
import { Select } from '@/design/Select'
import { focusComposer } from '@/features/messages/composer-focus'
import { useProblemText } from '@/i18n/problems'
import { FilterBar } from './FilterBar'
import { isAnything, type Sort, type Wanted } from './query'
import { ResultList, ResultsSkeleton } from './ResultList'
import styles from './Search.module.css'
import { SearchInput } from './SearchInput'
import { closeSearch, setEverywhere, useSearch } from './search-state'
import { useLookedFor } from './useLookedFor'
import { useResults } from './useResults'

interface SearchPanelProps {
  serverId: Id
  /** The channel on the screen. */
  channelId: Id
  /** Whether it lies over the conversation, and makes way when one goes to a message. */
  isOver: boolean
}

/** Finds messages by words and filters, in the channel on the screen or in its whole server. */
export default function SearchPanel(props: SearchPanelProps) {
  return (
    <Queries>
      <Panel {...props} />
    </Queries>
  )
}

function Panel({ serverId, channelId, isOver }: SearchPanelProps) {
  const { t } = useLingui()
  const { filters, unknown, sort, everywhere } = useSearch()
  const [isComposing, setComposing] = useState(false)
  const { words, hurry } = useLookedFor(isComposing)
  const wanted = { serverId, channelId: everywhere ? null : channelId, words, filters, sort }

  function close() {
    closeSearch()
    requestAnimationFrame(focusComposer)
  }

  function press(event: KeyboardEvent) {
    if (event.key !== 'Escape' || event.defaultPrevented) return
    event.stopPropagation()
    close()
  }

  return (
    <search className={styles.panel} aria-label={t`Search`} onKeyDown={press}>
      <header className={styles.header}>
        <SearchInput serverId={serverId} onSubmit={hurry} onComposing={setComposing} />
        <IconButton label={t`Close the search`} placement="bottom" onPress={close}>
          <X size={18} />
        </IconButton>
      </header>
      <FilterBar />
      <div className={styles.options}>
        <ToggleButtonGroup
          className={styles.scope ?? ''}
          aria-label={t`Where to search`}
          disallowEmptySelection
          selectedKeys={[everywhere ? 'server' : 'channel']}
          onSelectionChange={(keys) => setEverywhere(keys.has('server'))}
        >
          <ToggleButton id="channel" className={styles.place ?? ''}>{t`This channel`}</ToggleButton>
          <ToggleButton id="server" className={styles.place ?? ''}>{t`Whole server`}</ToggleButton>
        </ToggleButtonGroup>
        <div className={styles.sort}>
          <Select
            label={t`Order`}
            value={sort}
            options={[
              { value: 'newest', label: t`Newest` },
              { value: 'oldest', label: t`Oldest` },
              { value: 'relevant', label: t`Best` },
            ]}
            onChange={(value) => useSearch.setState({ sort: value as Sort })}
          />
        </div>
      </div>
      <p className={styles.unknown} role="status">
        {unknown !== null && t`There is no “${unknown}” here: this filter is left out.`}
      </p>
      <Results wanted={wanted} isOver={isOver} />
    </search>
  )
}

function Results({ wanted, isOver }: { wanted: Wanted; isOver: boolean }) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const results = useResults(wanted)
  const { data, problem, isFetching } = results
  const [first] = data?.pages ?? []
  const items = data?.pages.flatMap((page) => page.items) ?? []
  const total = first?.total ?? 0
  const count = first?.total_is_capped
    ? t`More than ${total} messages`
    : plural(total, { one: '# message', other: '# messages' })

  if (!isAnything(wanted)) {
    return (
      <EmptyState icon={<Search />} title={t`What are you looking for?`} level={3}>
        {t`Type words, “exact words” in quotation marks, or words after a minus sign to leave them out, and choose filters.`}
      </EmptyState>
    )
  }
  return (
    <>
      <p className={styles.count} role="status">
        {data ? count : isFetching && <span className="visually-hidden">{t`Searching…`}</span>}
        {first?.is_complete === false &&
          ` · ${t`Older messages are still being prepared, and may be missing.`}`}
      </p>
      {problem && items.length === 0 && (
        <div role="alert">
          <EmptyState
            icon={<SearchX />}
            title={t`The search did not work`}
            level={3}
            actions={<Button onPress={() => void results.refetch()}>{t`Try again`}</Button>}
          >
            {problemText(problem)}
          </EmptyState>
        </div>
      )}
      {!data && !problem && <ResultsSkeleton />}
      {data && items.length === 0 && !problem && (
        <EmptyState icon={<SearchX />} title={t`Nothing was found`} level={3}>
          {t`Try other words, or fewer filters.`}
        </EmptyState>
      )}
      {items.length > 0 && (
        <ResultList
          items={items}
          isOver={isOver}
          isOutdated={results.isPlaceholderData}
          showsChannel={wanted.channelId === null}
          more={results.hasNextPage ? () => void results.fetchNextPage() : null}
          isLoadingMore={results.isFetchingNextPage}
          problem={problem && problemText(problem)}
        />
      )}
    </>
  )
}
