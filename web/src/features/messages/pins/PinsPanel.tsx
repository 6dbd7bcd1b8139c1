import { useLingui } from '@lingui/react/macro'
import { Pin, PinOff, X } from 'lucide-react'
import { useState } from 'react'
import type { Channel, PinnedMessage } from '@/api/contract'
import { asProblem } from '@/api/problem'
import Drawer from '@/app/Drawer'
import { Avatar } from '@/design/Avatar'
import { Button, IconButton } from '@/design/Button'
import { EmptyState } from '@/design/EmptyState'
import { toast } from '@/design/toasts'
import { FileMark } from '@/features/files/FileMark'
import { useNameIn, useNameStyle } from '@/features/members/member-names'
import { useProblemText } from '@/i18n/problems'
import { useTimes } from '@/i18n/times'
import { useGoToMessage } from '../go-to-message'
import { Markdown } from '../markdown/Markdown'
import { tokensOf } from '../mentions'
import styles from './PinsPanel.module.css'
import { pin, usePins } from './pinning'
import { useMayPin } from './useMayPin'

interface PinsPanelProps {
  channel: Channel
  onClose: () => void
}

/** What is pinned to a channel, the latest first. */
export default function PinsPanel({ channel, onClose }: PinsPanelProps) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const { pins, problem } = usePins(channel.server_id, channel.id)
  return (
    <Drawer label={t`Pinned messages`} wide onClose={onClose}>
      <section className={styles.panel}>
        <header className={styles.header}>
          <h2 className={styles.title}>{t`Pinned messages`}</h2>
          <IconButton label={t`Close`} placement="bottom" onPress={onClose}>
            <X size={18} />
          </IconButton>
        </header>
        <div role="alert">{problem && <p className={styles.problem}>{problemText(problem)}</p>}</div>
        {pins?.length === 0 && (
          <EmptyState icon={<Pin />} title={t`Nothing is pinned here`} level={3}>
            {t`What is worth finding again can be pinned from the menu of its message.`}
          </EmptyState>
        )}
        {pins && pins.length > 0 && (
          <ul className={styles.list} aria-label={t`Pinned messages`}>
            {pins.map((message) => (
              <PinnedEntry key={message.id} message={message} onClose={onClose} />
            ))}
          </ul>
        )}
      </section>
    </Drawer>
  )
}

function PinnedEntry({ message, onClose }: { message: PinnedMessage; onClose: () => void }) {
  const { t } = useLingui()
  const times = useTimes()
  const problemText = useProblemText()
  const { author, server_id, channel_id, pinned_by } = message
  const name = useNameIn(server_id, author)
  const style = useNameStyle(server_id, author.id)
  const by = useNameIn(server_id, pinned_by)
  const mayPin = useMayPin(message)
  const goTo = useGoToMessage()
  const [going, setGoing] = useState(false)

  async function go() {
    setGoing(true)
    const place = { serverId: server_id, channelId: channel_id, messageId: message.id }
    if (await goTo(place).finally(() => setGoing(false))) onClose()
  }

  function unpin() {
    pin(message, false).catch((error) => toast(problemText(asProblem(error)), 'danger'))
  }

  return (
    <li className={styles.entry} data-pin={message.id}>
      <div className={styles.by}>
        <Avatar id={author.id} name={name} url={author.avatar_url} size={24} />
        <span className={styles.name} style={style}>
          {name}
        </span>
        <time className={styles.time} dateTime={message.created_at} title={times.full(message.created_at)}>
          {times.day(message.created_at)}
        </time>
      </div>
      <div className={styles.text}>
        {message.content && (
          <Markdown content={message.content} serverId={server_id} mentions={tokensOf(message)} />
        )}
        {message.attachments.length > 0 && <FileMark count={message.attachments.length} />}
        {message.kind === 'member_joined' && <p>{t`${name} joined the server`}</p>}
      </div>
      <div className={styles.foot}>
        <span className={styles.pinned} title={times.full(message.pinned_at)}>
          {t`Pinned by ${by}`}
        </span>
        {mayPin && (
          <IconButton label={t`Unpin`} small onPress={unpin}>
            <PinOff size={16} />
          </IconButton>
        )}
        <Button isPending={going} onPress={() => void go()}>{t`Go there`}</Button>
      </div>
    </li>
  )
}
