import { useLingui } from '@lingui/react/macro'
import { ArrowDown } from 'lucide-react'
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import { Button } from 'react-aria-components'
import { Virtualizer } from 'virtua'
import type { Message } from '@/api/contract'
import { later } from '@/design/later'
import { useAuthors } from '@/features/members/authors'
import { useFreeEscape } from '@/features/unread/escape'
import { firstNewAfter } from '@/features/unread/first-new'
import { JumpToFirst } from '@/features/unread/JumpToFirst'
import { readAll } from '@/features/unread/read-up-to'
import { useMark, useReading } from '@/features/unread/reading'
import { shownOf } from '@/state/apart'
import { useStore } from '@/state/store'
import { startEditing, useEditing } from './editing-state'
import { loadNewer, loadOlder } from './history'
import { arrived, focusMessage, goToPresent, useJump } from './jump'
import styles from './MessageList.module.css'
import { MessageRow } from './MessageRow'
import { NewMessageAnnouncer } from './NewMessageAnnouncer'
import { OlderMessagesBar } from './OlderMessagesBar'
import { type Row, rowsOf } from './rows'
import { useAnchoredScroll } from './scrolling'

const DeleteMessageDialog = later(() => import('./DeleteMessageDialog'))
const RemoveFilesDialog = later(() => import('@/features/files/RemoveFilesDialog'))

interface MessageListProps {
  serverId: string
  channelId: string
}

const none: never[] = []

/** The messages of a channel: stays where the reader is while history comes in above and messages below. */
export function MessageList({ serverId, channelId }: MessageListProps) {
  const { t, i18n } = useLingui()
  const log = useStore((state) => state.messages[channelId])
  const pending = useStore((state) => state.pending[channelId]) ?? none
  const me = useStore((state) => state.me)
  const editing = useEditing((state) => state.messageId)
  const [deleting, setDeleting] = useState<Message | null>(null)
  const [clearing, setClearing] = useState<Message | null>(null)
  const [active, setActive] = useState<string | null>(null)
  const isApart = Boolean(log?.apart)
  const { items = none, hasOlder = false } = log ? shownOf(log) : {}
  const waiting = isApart ? none : pending
  useAuthors(serverId, items)
  const rows = useMemo(() => rowsOf(items, waiting, me, !hasOlder), [items, waiting, me, hasOlder])
  const scroller = useRef<HTMLDivElement>(null)
  const { mark, clear } = useMark(channelId)
  const first = firstNewAfter(mark?.seq ?? null, items, hasOlder, me?.id)
  const firstNew = first.at === 'loaded' ? rows.findIndex((row) => row.message?.id === first.messageId) : -1
  const scroll = useAnchoredScroll(rows, firstNew, {
    isApart,
    onNearStart: () => void loadOlder(serverId, channelId),
    onNearEnd: () => void loadNewer(serverId, channelId),
  })
  const toPresent = () => {
    goToPresent(channelId)
    scroll.toPresent()
  }
  useReading(serverId, channelId, scroll.ended)
  useFreeEscape(() => {
    readAll(serverId, channelId)
    clear()
    toPresent()
  })
  const lastKey = rows.at(-1)?.key
  useJumps(channelId, rows, scroll.toRow)

  if (rows.length === 0) return <EmptyChannel channelId={channelId} />
  return (
    <div className={styles.frame}>
      <div
        ref={scroller}
        className={styles.scroller}
        role="log"
        aria-live="off"
        aria-label={t`Messages`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the list scrolls with the keyboard
        tabIndex={0}
        data-testid="messages"
        onKeyDown={moveAmongRows}
        onPointerLeave={() => setActive(null)}
      >
        <div className={styles.space} />
        <Virtualizer
          ref={scroll.handle}
          scrollRef={scroller}
          data={rows}
          shift={scroll.prepending}
          bufferSize={600}
          onScroll={scroll.onScroll}
          onResize={scroll.onResize}
        >
          {(row, index) => (
            <MessageRow
              key={row.key}
              row={row}
              channelId={channelId}
              locale={i18n.locale}
              isActive={active === row.key}
              isLast={row.key === lastKey}
              isFirstNew={index === firstNew}
              isEditing={row.message !== null && editing === row.message.id}
              onActive={setActive}
              onEdit={startEditing}
              onDelete={setDeleting}
              onRemoveFiles={setClearing}
            />
          )}
        </Virtualizer>
      </div>
      {mark !== null && (
        <JumpToFirst
          key={mark.seq}
          serverId={serverId}
          channelId={channelId}
          mark={mark}
          first={first}
          index={firstNew}
          firstInSight={scroll.firstInSight}
          onJump={scroll.toRow}
        />
      )}
      {isApart && <OlderMessagesBar onPresent={toPresent} />}
      {scroll.away && !isApart && (
        <Button className={styles.present ?? ''} onPress={toPresent}>
          <ArrowDown size={16} aria-hidden="true" />
          {scroll.unseen > 0 ? t`New messages: ${scroll.unseen}` : t`Jump to present`}
        </Button>
      )}
      <NewMessageAnnouncer messages={log?.items ?? none} />
      {clearing && (
        <RemoveFilesDialog message={clearing} onEmpty={setDeleting} onClose={() => setClearing(null)} />
      )}
      {deleting && <DeleteMessageDialog message={deleting} onClose={() => setDeleting(null)} />}
    </div>
  )
}

/** Goes to the message that was asked for, once it is among the rows. */
function useJumps(channelId: string, rows: Row[], toRow: (index: number, where: 'middle') => void): void {
  const target = useJump((state) => state.target)
  useEffect(() => {
    if (target?.channelId !== channelId) return
    const index = rows.findIndex((row) => row.message?.id === target.messageId)
    if (index < 0) return
    arrived()
    toRow(index, 'middle')
    focusMessage(target.messageId)
  }, [target, channelId, rows, toRow])
}

/** The arrow keys lead from message to message once one has the focus. */
function moveAmongRows(event: KeyboardEvent<HTMLElement>) {
  if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
  const focused = event.target instanceof HTMLElement ? event.target : null
  if (!focused?.hasAttribute('data-row')) return
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row]')]
  const next = all[all.indexOf(focused) + (event.key === 'ArrowUp' ? -1 : 1)]
  if (!next) return
  event.preventDefault()
  next.focus()
}

function EmptyChannel({ channelId }: { channelId: string }) {
  return (
    <div className={styles.frame}>
      <div className={styles.empty}>
        <ChannelIntroduction channelId={channelId} />
      </div>
    </div>
  )
}

/** What stands above the first message of a channel. */
export function ChannelIntroduction({ channelId }: { channelId: string }) {
  const { t } = useLingui()
  const channel = useStore((state) => state.channels[channelId])
  if (!channel) return null
  return (
    <div className={styles.introduction}>
      <h2>{t`Welcome to ${channel.name}`}</h2>
      <p>{channel.topic ?? t`This is where it begins. Say something!`}</p>
    </div>
  )
}
