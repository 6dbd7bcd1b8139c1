import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import type { Message } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { Button } from '@/design/Button'
import { useProblemText } from '@/i18n/problems'
import { focusComposer } from './composer-focus'
import { editMessage } from './editing'
import { stopEditing } from './editing-state'
import { MessageInput, tooLong } from './MessageInput'
import styles from './MessageRow.module.css'

interface MessageEditorProps {
  message: Message
  /** Everything was taken out: that is a wish to delete. */
  onEmpty: (message: Message) => void
}

/** Changes the text of a message in its place. */
export function MessageEditor({ message, onEmpty }: MessageEditorProps) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const [text, setText] = useState(message.content)
  const [problem, setProblem] = useState<string | null>(null)
  const [pending, setPending] = useState(false)

  function close() {
    stopEditing()
    focusComposer()
  }

  async function save() {
    const content = text.trim()
    if (pending || tooLong(content)) return
    if (content === message.content) return close()
    // Files stay a message without a text.
    if (content === '' && message.attachments.length === 0) {
      stopEditing()
      return onEmpty(message)
    }
    setPending(true)
    setProblem(null)
    try {
      await editMessage(message, content)
      close()
    } catch (error) {
      setProblem(problemText(asProblem(error)))
      setPending(false)
    }
  }

  return (
    <div className={styles.editor}>
      <MessageInput
        label={t`Edit message`}
        serverId={message.server_id}
        channelId={message.channel_id}
        value={text}
        onChange={setText}
        onSubmit={() => void save()}
        onEscape={close}
        autoFocus
      />
      <div role="alert">{problem && <p className={styles.problem}>{problem}</p>}</div>
      <div className={styles.editorActions}>
        <Button look="quiet" onPress={close}>{t`Cancel`}</Button>
        <Button look="primary" isPending={pending} onPress={() => void save()}>{t`Save`}</Button>
      </div>
    </div>
  )
}
