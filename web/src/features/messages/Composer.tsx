import { useLingui } from '@lingui/react/macro'
import { SendHorizontal } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { Channel } from '@/api/contract'
import { IconButton } from '@/design/Button'
import { mayInChannel, useStore } from '@/state/store'
import styles from './Composer.module.css'
import { draftOf, keepDraft } from './drafts'
import { startEditing } from './editing-state'
import { MessageInput, tooLong } from './MessageInput'
import { sendMessage } from './sending'

const canHover = window.matchMedia('(hover: hover)')

/** Where one writes. */
export function Composer({ channel }: { channel: Channel }) {
  const { t } = useLingui()
  const [text, setText] = useState(() => draftOf(channel.id))
  const may = useStore((state) => mayInChannel(state, channel.server_id, channel.id, 'send_messages'))
  const input = useRef<HTMLTextAreaElement>(null)
  const content = text.trim()
  const sendable = content !== '' && !tooLong(content)

  useEffect(() => keepDraft(channel.id, text), [channel.id, text])

  function send() {
    if (!sendable) return
    sendMessage(channel.server_id, channel.id, content)
    setText('')
    input.current?.focus()
  }

  function editLast() {
    const { messages, me } = useStore.getState()
    const own = messages[channel.id]?.items.findLast((message) => message.author.id === me?.id)
    if (own) startEditing(own)
  }

  if (!may) {
    return (
      <footer className={styles.composer}>
        <p className={styles.closed}>{t`You do not have the right to write in this channel.`}</p>
      </footer>
    )
  }
  return (
    <footer className={styles.composer} data-composer>
      <div className={styles.frame}>
        <MessageInput
          label={t`Message to ${channel.name}`}
          placeholder={t`Message ${channel.name}`}
          value={text}
          onChange={setText}
          onSubmit={send}
          onUp={editLast}
          autoFocus={canHover.matches}
          inputRef={input}
        />
        <IconButton label={t`Send`} isDisabled={!sendable} onPress={send}>
          <SendHorizontal size={18} />
        </IconButton>
      </div>
    </footer>
  )
}
