import { useLingui } from '@lingui/react/macro'
import { Reply, X } from 'lucide-react'
import { useEffect } from 'react'
import type { Message } from '@/api/contract'
import { IconButton } from '@/design/Button'
import { useNameIn } from '@/features/members/member-names'
import { useStore } from '@/state/store'
import { focusComposer } from '../composer-focus'
import { plainLine } from './plain-line'
import styles from './Quote.module.css'
import { stopReply } from './replying'

/** Above the composer: what the next message answers. */
export function ReplyStrip({ message }: { message: Message }) {
  const { t } = useLingui()
  const { channel_id: channelId } = message
  const name = useNameIn(message.server_id, message.author)
  const current = useStore((state) => {
    const log = state.messages[channelId]
    if (log?.state !== 'ready') return message
    const first = log.items[0]?.seq ?? 0
    const last = log.items.at(-1)?.seq ?? 0
    // Of what is not loaded nobody knows here whether it is gone.
    const isLoaded = message.seq >= first && message.seq <= last
    return isLoaded ? log.items.find(({ id }) => id === message.id) : message
  })

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
          {plainLine(current?.content ?? '')}
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
