import { useLingui } from '@lingui/react/macro'
import { Reply, X } from 'lucide-react'
import { useEffect } from 'react'
import type { Message } from '@/api/contract'
import { IconButton } from '@/design/Button'
import { FileMark } from '@/features/files/FileMark'
import { useNameIn } from '@/features/members/member-names'
import { heldMessage } from '@/state/message-changes'
import type { MessageLog } from '@/state/model'
import { useStore } from '@/state/store'
import { focusComposer } from '../composer-focus'
import { tokensOf } from '../mentions'
import styles from './Quote.module.css'
import { stopReply } from './replying'
import { usePlainLine } from './usePlainLine'

/** Above the composer: what the next message answers. */
export function ReplyStrip({ message }: { message: Message }) {
  const { t } = useLingui()
  const { channel_id: channelId } = message
  const name = useNameIn(message.server_id, message.author)
  const current = useStore((state) => {
    const log = state.messages[channelId]
    return heldMessage(log, message.id) ?? (lacks(log, message) ? undefined : message)
  })
  const line = usePlainLine(message.server_id, current?.content ?? '', tokensOf(current ?? null))

  // One cannot answer what is gone.
  useEffect(() => {
    if (!current) stopReply(channelId)
  }, [current, channelId])

  return (
    <div className={styles.strip} data-testid="reply-strip">
      <Reply size={16} aria-hidden="true" />
      <p className={styles.to} role="status">
        <span className={styles.name}>{t`Reply to ${name}`}</span>
        <span className={styles.line} dir="auto">
          {current?.content === '' && current.attachments.length > 0 ? (
            <FileMark count={current.attachments.length} />
          ) : (
            line
          )}
        </span>
      </p>
      <IconButton
        label={t`Cancel the reply`}
        small
        onPress={() => {
          stopReply(channelId)
          focusComposer()
        }}
      >
        <X size={16} />
      </IconButton>
    </div>
  )
}

/** Whether a message is gone: it would have to be among those that are known. */
function lacks(log: MessageLog | undefined, { seq }: Message): boolean {
  if (log?.state !== 'ready' || seq > log.lastSeq) return false
  const oldest = log.hasOlder ? (log.items[0]?.seq ?? 0) : 0
  if (seq >= oldest) return true
  const [first, last] = [log.apart?.items[0], log.apart?.items.at(-1)]
  return first !== undefined && last !== undefined && first.seq <= seq && seq <= last.seq
}
