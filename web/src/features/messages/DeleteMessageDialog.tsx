import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import type { Message } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { ConfirmDialog } from '@/design/Dialog'
import { FileMark } from '@/features/files/FileMark'
import { accountName } from '@/features/members/member-names'
import { useProblemText } from '@/i18n/problems'
import { focusComposer } from './composer-focus'
import { deleteMessage } from './editing'
import styles from './MessageRow.module.css'
import { Markdown } from './markdown/Markdown'
import { tokensOf } from './mentions'

interface DeleteMessageDialogProps {
  message: Message
  onClose: () => void
}

/** Asks before a message is deleted, and shows which. */
export default function DeleteMessageDialog({ message, onClose }: DeleteMessageDialogProps) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const [pending, setPending] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)

  async function remove() {
    setPending(true)
    setProblem(null)
    try {
      await deleteMessage(message)
      onClose()
      focusComposer()
    } catch (error) {
      setProblem(problemText(asProblem(error)))
      setPending(false)
    }
  }

  return (
    <ConfirmDialog
      title={t`Delete this message?`}
      confirm={t`Delete`}
      danger
      isPending={pending}
      onConfirm={() => void remove()}
      onClose={onClose}
    >
      <p>{t`It disappears for everyone, and cannot be brought back.`}</p>
      <blockquote className={styles.quoted}>
        <p className={styles.author}>{accountName(message.author)}</p>
        {message.content !== '' && (
          <Markdown content={message.content} serverId={message.server_id} mentions={tokensOf(message)} />
        )}
        {message.attachments.length > 0 && <FileMark count={message.attachments.length} />}
      </blockquote>
      <div role="alert">{problem && <p className={styles.problem}>{problem}</p>}</div>
    </ConfirmDialog>
  )
}
