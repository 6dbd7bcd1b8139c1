import { useLingui } from '@lingui/react/macro'
import { Pin } from 'lucide-react'
import { memo, useRef, useState } from 'react'
import type { Message } from '@/api/contract'
import { Avatar } from '@/design/Avatar'
import { later } from '@/design/later'
import { ContextMenu } from '@/design/Menu'
import { MessageFiles } from '@/features/files/shown/MessageFiles'
import { useNameIn } from '@/features/members/member-names'
import { NewMessagesBar } from '@/features/unread/NewMessagesBar'
import { useTimes } from '@/i18n/times'
import { mentionsMe } from '@/state/read-states'
import { useStore } from '@/state/store'
import { AuthorName } from './AuthorName'
import { EmbedRoom } from './embeds/EmbedRoom'
import { FailedMessage } from './FailedMessage'
import { useJump } from './jump'
import { MessageEditor } from './MessageEditor'
import { ChannelIntroduction } from './MessageList'
import styles from './MessageRow.module.css'
import { MessageToolbar } from './MessageToolbar'
import { Markdown } from './markdown/Markdown'
import { tokensOf } from './mentions'
import { useMessageActions } from './message-actions'
import { ReactionBar } from './reactions/ReactionBar'
import { useReact } from './reactions/useReact'
import { QuotedLine } from './replies/QuotedLine'
import type { Row } from './rows'
import { discardMessage } from './sending'

const EmbedList = later(() => import('./embeds/EmbedList'), EmbedRoom)
const PendingFiles = later(() => import('@/features/files/shown/PendingFiles'))
const EmojiPopover = later(() => import('@/features/emoji/EmojiPopover'))

interface MessageRowProps {
  row: Row
  channelId: string
  /** The language; times are written anew when it changes. */
  locale: string
  /** Under the pointer. */
  isActive: boolean
  isLast: boolean
  /** Whether the new messages begin with it. */
  isFirstNew: boolean
  isEditing: boolean
  onActive: (key: string) => void
  onEdit: (message: Message) => void
  onDelete: (message: Message) => void
  onRemoveFiles: (message: Message) => void
}

/** One message, with what stands above it: the start of the channel, a day, its author. */
export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { row, channelId } = props
  const times = useTimes()
  return (
    <>
      {row.first && <ChannelIntroduction channelId={channelId} />}
      {row.day && (
        <div className={styles.day}>
          <h2 className={styles.dayText}>{times.day(row.createdAt)}</h2>
        </div>
      )}
      {props.isFirstNew && <NewMessagesBar />}
      <MessageArticle {...props} />
    </>
  )
}, sameRow)

function MessageArticle({
  row,
  channelId,
  isActive,
  isLast,
  isFirstNew,
  isEditing,
  onActive,
  onEdit,
  onDelete,
  onRemoveFiles,
}: MessageRowProps) {
  const { t } = useLingui()
  const times = useTimes()
  // After the line before new messages it is said anew who writes.
  const head = row.head || isFirstNew
  const serverId = useStore((state) => state.channels[channelId]?.server_id ?? '')
  const name = useNameIn(serverId, row.author)
  const mentioned = useStore((state) => mentionsMe(state, row.message))
  const lit = useJump((state) => row.message !== null && state.lit === row.message.id)
  const [picking, setPicking] = useState(false)
  const onReact = () => setPicking(true)
  const actions = useMessageActions(row, { onReact, onEdit, onDelete, onRemoveFiles })
  const [focused, setFocused] = useState(false)
  const [point, setPoint] = useState<{ x: number; y: number } | null>(null)
  const time = times.clock(row.createdAt)
  const unconfirmed = row.pending !== null && row.pending.state !== 'failed'

  return (
    <article
      data-row
      data-message={row.message?.id}
      data-pending={row.pending?.state}
      className={`${styles.row} ${head ? styles.head : ''} ${isActive || point || picking ? styles.active : ''} ${mentioned ? styles.mentioned : ''} ${lit ? styles.lit : ''}`}
      data-mentioned={mentioned || undefined}
      aria-label={t`${name}, ${time}`}
      tabIndex={isLast ? 0 : -1}
      onPointerEnter={(event) => event.pointerType !== 'touch' && onActive(row.key)}
      onFocus={() => setFocused(true)}
      onBlur={(event) => setFocused(event.currentTarget.contains(event.relatedTarget))}
      onKeyDown={(event) => event.target === event.currentTarget && actions.onKey(event)}
      onContextMenu={(event) => {
        if (isEditing || hasSelection() || actions.all.length === 0) return
        event.preventDefault()
        setPoint({ x: event.clientX, y: event.clientY })
      }}
    >
      {row.replyTo && (
        <QuotedLine
          serverId={serverId}
          channelId={channelId}
          replyTo={row.replyTo}
          isFocused={focused || isLast}
        />
      )}
      <div className={styles.gutter}>
        {head ? (
          <Avatar id={row.author.id} name={name} url={row.author.avatar_url} />
        ) : (
          <time className={styles.aside} dateTime={row.createdAt} title={times.full(row.createdAt)}>
            {time}
          </time>
        )}
      </div>
      <div className={styles.body}>
        {head && (
          <p className={styles.by}>
            <AuthorName serverId={serverId} author={row.author} />
            <time className={styles.time} dateTime={row.createdAt} title={times.full(row.createdAt)}>
              {time}
            </time>
            {row.message?.pinned && <PinMark />}
          </p>
        )}
        {isEditing && row.message ? (
          <MessageEditor message={row.message} onEmpty={onDelete} />
        ) : (
          <div className={unconfirmed ? styles.faint : undefined}>
            {row.notice ? (
              <p className={styles.notice}>{t`${name} joined the server`}</p>
            ) : (
              row.content !== '' && (
                <Markdown content={row.content} serverId={serverId} mentions={tokensOf(row.message)} />
              )
            )}
            {row.message?.edited_at && (
              <span className={styles.edited} title={times.full(row.message.edited_at)}>
                {t`edited`}
              </span>
            )}
            {row.message?.pinned && !head && <PinMark />}
          </div>
        )}
        {row.message && row.message.attachments.length > 0 && (
          <MessageFiles attachments={row.message.attachments} isFocused={focused || isLast} />
        )}
        {row.pending && row.pending.files.length > 0 && (
          <PendingFiles
            keys={row.pending.files}
            isUploading={row.pending.state === 'uploading'}
            onCancel={() => discardMessage(channelId, row.key)}
          />
        )}
        {row.message && row.message.embeds.length > 0 && !isEditing && <EmbedList message={row.message} />}
        {row.message && !isEditing && (
          <ReactionBar message={row.message} isFocused={focused || isLast} onAdd={onReact} />
        )}
        {row.pending?.state === 'failed' && <FailedMessage pending={row.pending} />}
      </div>
      {(isActive || focused || picking) && !isEditing && row.message && <MessageToolbar actions={actions} />}
      {picking && row.message && <ReactionPicker message={row.message} onClose={() => setPicking(false)} />}
      {point && (
        <ContextMenu label={t`Message`} groups={actions.all} point={point} onClose={() => setPoint(null)} />
      )}
    </article>
  )
}

function PinMark() {
  const { t } = useLingui()
  return (
    <span className={styles.pin} title={t`Pinned`}>
      <Pin size={12} role="img" aria-label={t`Pinned`} />
    </span>
  )
}

/** Chooses with what to react, where the toolbar of the message is. */
function ReactionPicker({ message, onClose }: { message: Message; onClose: () => void }) {
  const react = useReact()
  const anchor = useRef<HTMLSpanElement>(null)
  return (
    <>
      <span ref={anchor} className={styles.pickerAnchor} />
      <EmojiPopover
        anchor={anchor}
        placement="bottom end"
        onPick={(emoji) => {
          react(message, emoji, true)
          onClose()
        }}
        onClose={onClose}
      />
    </>
  )
}

/** Somebody who has marked text wants the browser's own menu. */
function hasSelection(): boolean {
  return !(document.getSelection()?.isCollapsed ?? true)
}

function sameRow(before: MessageRowProps, after: MessageRowProps): boolean {
  const left = before.row
  const right = after.row
  return (
    left.message === right.message &&
    left.pending === right.pending &&
    left.head === right.head &&
    left.day === right.day &&
    left.first === right.first &&
    left.author === right.author &&
    before.locale === after.locale &&
    before.isActive === after.isActive &&
    before.isLast === after.isLast &&
    before.isFirstNew === after.isFirstNew &&
    before.isEditing === after.isEditing
  )
}
