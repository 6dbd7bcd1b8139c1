import { useLingui } from '@lingui/react/macro'
import { SendHorizontal, Timer } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { Channel } from '@/api/contract'
import { IconButton } from '@/design/Button'
import { later } from '@/design/later'
import { EmojiButton } from '@/features/emoji/EmojiButton'
import { AttachButton } from '@/features/files/AttachButton'
import { useAttach, useMayAttach } from '@/features/files/attaching'
import { usePastedFiles } from '@/features/files/pasting'
import { refuse, takeTray, uploadsOf, useTray, useUploads } from '@/features/files/uploads'
import { tellTyping, typingEnded } from '@/features/typing/tell-typing'
import { withLaterTexts } from '@/i18n/locale'
import { useTimes } from '@/i18n/times'
import { quoteOf } from '@/state/message-changes'
import { mayInChannel, useStore, viewOf } from '@/state/store'
import styles from './Composer.module.css'
import { insertText } from './completion/insert-text'
import { useDraft } from './drafts/useDraft'
import { startEditing } from './editing-state'
import { goToPresent } from './jump'
import { MessageInput, tooLong } from './MessageInput'
import { ReplyStrip } from './replies/ReplyStrip'
import { stopReply, useReplying } from './replies/replying'
import { sendMessage } from './sending'
import { timeOutEnd, useSecondsUntil, useSlowMode } from './waiting-time'

const Tray = later(() => withLaterTexts(import('@/features/files/tray/Tray')))

const canHover = window.matchMedia('(hover: hover)')

/** Where one writes. */
export function Composer({ channel }: { channel: Channel }) {
  const { t } = useLingui()
  const [text, setText] = useDraft(channel)
  const closed = useClosed(channel)
  const slow = useSlowMode(channel)
  const answered = useReplying((state) => state.byChannel[channel.id])
  const input = useRef<HTMLTextAreaElement>(null)
  const attach = useAttach(channel)
  const mayAttach = useMayAttach(channel)
  const files = useTray(channel.id)
  const refused = useUploads((state) => (state.refusals[channel.id]?.length ?? 0) > 0)
  const coming = useUploads((state) => (state.coming[channel.id] ?? 0) > 0)
  // Files were chosen for what is to be sent, and are not here yet.
  const [isWaiting, setWaiting] = useState(false)
  const content = text.trim()
  const sendable = (content !== '' || files.length > 0 || coming) && !tooLong(content) && slow.left === 0

  usePastedFiles(attach)

  function send() {
    if (!sendable) return
    if (coming) return setWaiting(true)
    if (uploadsOf(files).some(({ state }) => state === 'failed')) {
      return refuse(channel.id, [{ reason: 'unfinished' }])
    }
    const quote = answered ? quoteOf(answered) : null
    sendMessage(channel.server_id, channel.id, content, quote, takeTray(channel.id))
    stopReply(channel.id)
    typingEnded(channel.id)
    goToPresent(channel.id)
    setText('')
    input.current?.focus()
  }

  useEffect(() => {
    if (!isWaiting || coming) return
    setWaiting(false)
    if (!refused) send()
  })

  function write(next: string) {
    setText(next)
    tellTyping(channel.server_id, channel.id, next)
  }

  function putEmoji(emoji: string) {
    const field = input.current
    if (field) insertText(field, field.selectionStart, field.selectionEnd, emoji)
  }

  function editLast() {
    const { messages, me } = useStore.getState()
    const own = messages[channel.id]?.items.findLast(
      (message) => message.kind === 'default' && message.author.id === me?.id,
    )
    if (!own) return
    goToPresent(channel.id)
    startEditing(own)
  }

  if (closed) {
    return (
      <footer className={styles.composer}>
        <p className={styles.closed}>{closed}</p>
      </footer>
    )
  }
  return (
    <footer className={styles.composer} data-composer>
      {answered && <ReplyStrip message={answered} />}
      <div className={styles.frame}>
        {(files.length > 0 || refused) && <Tray channelId={channel.id} field={input} />}
        <div className={styles.line}>
          {mayAttach && <AttachButton onFiles={(chosen) => attach({ files: chosen, folders: [] })} />}
          <MessageInput
            label={t`Message to ${channel.name}`}
            placeholder={t`Message ${channel.name}`}
            serverId={channel.server_id}
            channelId={channel.id}
            value={text}
            onChange={write}
            onSubmit={send}
            onUp={editLast}
            {...(answered ? { onEscape: () => stopReply(channel.id) } : {})}
            autoFocus={canHover.matches}
            inputRef={input}
          />
          <EmojiButton onPick={putEmoji} />
          <IconButton label={t`Send`} isDisabled={!sendable} onPress={send}>
            <SendHorizontal size={18} />
          </IconButton>
        </div>
      </div>
      {slow.every > 0 && <SlowModeNote {...slow} />}
    </footer>
  )
}

/** Why one cannot write here, in words; null when one can. */
function useClosed(channel: Channel): string | null {
  const { t } = useLingui()
  const times = useTimes()
  const may = useStore((state) => mayInChannel(state, channel.server_id, channel.id, 'send_messages'))
  const viewed = useStore((state) => viewOf(state, channel.server_id) !== null)
  const end = useStore((state) => timeOutEnd(state, channel.server_id))
  const left = useSecondsUntil(end)
  if (viewed) return t`You only look at the server as a role sees it: nothing is written meanwhile.`
  if (left > 0) {
    const until = new Date(end).toISOString()
    const when = left > 43_200 ? times.full(until) : times.clock(until)
    return t`You are in a time-out until ${when}. You can read meanwhile.`
  }
  return may ? null : t`You do not have the right to write in this channel.`
}

function SlowModeNote({ every, left }: { every: number; left: number }) {
  const { t } = useLingui()
  return (
    <p className={styles.slow}>
      <Timer size={14} aria-hidden="true" />
      {left > 0
        ? t`Slow mode: you can write again in ${spell(left)}.`
        : t`Slow mode: one message every ${spell(every)}.`}
    </p>
  )
}

/** Seconds as 0:05 or 1:02:30, which is read alike everywhere. */
function spell(seconds: number): string {
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60]
  const [first = 0, ...rest] = parts[0] === 0 ? parts.slice(1) : parts
  return [String(first), ...rest.map((part) => String(part).padStart(2, '0'))].join(':')
}
