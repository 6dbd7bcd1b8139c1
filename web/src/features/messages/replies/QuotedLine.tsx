import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { Button } from 'react-aria-components'
import type { AnsweredMessage, Id, UserSummary } from '@/api/contract'
import { Avatar } from '@/design/Avatar'
import { FileMark } from '@/features/files/FileMark'
import { useNameIn, useNameStyle } from '@/features/members/member-names'
import { useGoToMessage } from '../go-to-message'
import { useOriginal } from './original'
import styles from './Quote.module.css'
import { usePlainLine } from './usePlainLine'

interface QuotedLineProps {
  serverId: Id
  channelId: Id
  replyTo: AnsweredMessage
  /** Whether the keyboard is at this message. */
  isFocused: boolean
}

/** What a message answers, in one line above it; leads there. */
export function QuotedLine({ serverId, channelId, replyTo, isFocused }: QuotedLineProps) {
  const { t } = useLingui()
  const original = useOriginal(serverId, channelId, replyTo)
  if (original.deleted) {
    return (
      <p className={styles.quote} data-quote>
        <span className={styles.gone}>{t`Original message was deleted`}</span>
      </p>
    )
  }
  return (
    <div className={styles.quote} data-quote>
      <Original serverId={serverId} channelId={channelId} original={original} isFocused={isFocused} />
    </div>
  )
}

interface OriginalProps extends Omit<QuotedLineProps, 'replyTo'> {
  original: AnsweredMessage
}

function Original({ serverId, channelId, original, isFocused }: OriginalProps) {
  const { t } = useLingui()
  const unknown: UserSummary = { id: '', username: '', display_name: '', avatar_url: null }
  const author = original.author ?? unknown
  const name = useNameIn(serverId, author)
  const style = useNameStyle(serverId, author.id)
  const goTo = useGoToMessage()
  const [going, setGoing] = useState(false)
  const line = usePlainLine(serverId, original.content ?? '', original.tokens ?? [])
  const files = line === '' ? (original.attachment_count ?? 0) : 0
  // A message that says who joined has no text, nor files.
  const text = original.author ? line || t`joined the server` : t`A message`

  async function go() {
    setGoing(true)
    await goTo({ serverId, channelId, messageId: original.id }).finally(() => setGoing(false))
  }

  return (
    <Button
      className={styles.original ?? ''}
      excludeFromTabOrder={!isFocused}
      isPending={going}
      onPress={() => void go()}
    >
      <span className="visually-hidden">{t`Answers`} </span>
      {original.author && <Avatar id={author.id} name={name} url={author.avatar_url} size={16} />}
      {name && (
        <span className={styles.name} style={style}>
          {name}
        </span>
      )}{' '}
      <span className={styles.line} dir="auto">
        {files > 0 ? <FileMark count={files} /> : text}
      </span>
    </Button>
  )
}
