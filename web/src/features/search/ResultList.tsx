import { useLingui } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import { useState } from 'react'
import type { FoundMessage } from '@/api/contract'
import { Avatar } from '@/design/Avatar'
import { Button } from '@/design/Button'
import { later } from '@/design/later'
import { Skeleton, useAfter } from '@/design/Skeleton'
import { ChannelIcon } from '@/features/channels/ChannelIcon'
import { useAuthors } from '@/features/members/authors'
import { useNameIn, useNameStyle } from '@/features/members/member-names'
import { useGoToMessage } from '@/features/messages/go-to-message'
import { Markdown } from '@/features/messages/markdown/Markdown'
import { tokensOf } from '@/features/messages/mentions'
import { usePlainLine } from '@/features/messages/replies/usePlainLine'
import { useTimes } from '@/i18n/times'
import { useStore } from '@/state/store'
import { FilesRoom } from './FilesRoom'
import styles from './Search.module.css'
import { closeSearch } from './search-state'

/** With the part that shows files in the conversation. */
const SmallFiles = later(
  () => import('@/features/files/shown/Attachments').then((part) => ({ default: part.SmallFiles })),
  FilesRoom,
)
/** So many files of a message are shown. */
const mostFiles = 3

interface ResultListProps {
  items: FoundMessage[]
  isOver: boolean
  /** Whether they are those of what was looked for before. */
  isOutdated: boolean
  /** Whether they are of several channels. */
  showsChannel: boolean
  /** Fetches the next page, if there is one. */
  more: (() => void) | null
  isLoadingMore: boolean
  /** Why the next page could not be had. */
  problem: string | null
}

/** The messages that were found. */
export function ResultList(props: ResultListProps) {
  const { items, isOver, isOutdated, showsChannel, more, isLoadingMore, problem } = props
  const { t } = useLingui()
  useAuthors(
    items[0]?.message.server_id ?? '',
    items.map(({ message }) => message),
  )
  return (
    <div className={`${styles.scroller} ${isOutdated ? styles.outdated : ''}`} aria-busy={isOutdated}>
      <ul className={styles.list} aria-label={t`Found messages`}>
        {items.map((found) => (
          <Result key={found.message.id} found={found} isOver={isOver} showsChannel={showsChannel} />
        ))}
      </ul>
      {problem && (
        <p className={styles.problem} role="alert">
          {problem}
        </p>
      )}
      {more && <Button isPending={isLoadingMore} onPress={more}>{t`Show more`}</Button>}
    </div>
  )
}

interface ResultProps {
  found: FoundMessage
  isOver: boolean
  showsChannel: boolean
}

function Result({ found, isOver, showsChannel }: ResultProps) {
  const { t } = useLingui()
  const times = useTimes()
  const { message } = found
  const { author, server_id, channel_id, reply_to } = message
  const name = useNameIn(server_id, author)
  const style = useNameStyle(server_id, author.id)
  const channel = useStore((state) => state.channels[channel_id])
  const answered = usePlainLine(server_id, reply_to?.content ?? '', reply_to?.tokens ?? [])
  const goTo = useGoToMessage()
  const [going, setGoing] = useState(false)
  const date = times.day(message.created_at)

  async function go() {
    setGoing(true)
    const place = { serverId: server_id, channelId: channel_id, messageId: message.id }
    const there = await goTo(place).finally(() => setGoing(false))
    if (there && isOver) closeSearch()
  }

  return (
    <li className={styles.result} data-found={message.id}>
      {showsChannel && channel && (
        <p className={styles.where}>
          <ChannelIcon kind={channel.kind} size={14} />
          {channel.name}
        </p>
      )}
      <div className={styles.by}>
        <Avatar id={author.id} name={name} url={author.avatar_url} size={24} />
        <span className={styles.name} style={style}>
          {name}
        </span>
        <time className={styles.time} dateTime={message.created_at} title={times.full(message.created_at)}>
          {date}, {times.clock(message.created_at)}
        </time>
        <span className={styles.space} />
        <Button
          look="quiet"
          isPending={going}
          aria-label={t`Go there: ${name}, ${date}`}
          onPress={() => void go()}
        >{t`Go there`}</Button>
      </div>
      {reply_to?.content && (
        <p className={styles.answered} dir="auto">
          <span className="visually-hidden">{t`Answers`} </span>
          {answered}
        </p>
      )}
      <div className={styles.text}>
        <Text found={found} name={name} />
      </div>
      {message.attachments.length > 0 && <SmallFiles attachments={message.attachments} most={mostFiles} />}
    </li>
  )
}

function Text({ found, name }: { found: FoundMessage; name: string }): ReactNode {
  const { t } = useLingui()
  const { message, highlights } = found
  if (message.kind !== 'default') return <p>{t`${name} joined the server`}</p>
  return (
    <Markdown
      content={message.content}
      serverId={message.server_id}
      mentions={tokensOf(message)}
      marks={highlights}
    />
  )
}

/** Where what is found will be, when it takes a moment. */
export function ResultsSkeleton() {
  const shown = useAfter(150)
  if (!shown) return null
  return (
    <div className={styles.scroller} aria-hidden="true">
      {['40%', '65%', '50%'].map((width) => (
        <div key={width} className={styles.result}>
          <Skeleton width={width} />
          <Skeleton />
          <Skeleton width="80%" />
        </div>
      ))}
    </div>
  )
}
