import { useLingui } from '@lingui/react/macro'
import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { Attachment, Message } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { Button, IconButton } from '@/design/Button'
import { Dialog } from '@/design/Dialog'
import { useProblemText } from '@/i18n/problems'
import { useStore } from '@/state/store'
import { useBytes } from './bytes'
import { takeOff } from './calls'
import { FileIcon } from './FileIcon'
import styles from './RemoveFilesDialog.module.css'

interface RemoveFilesDialogProps {
  message: Message
  /** Nothing would be left of it: that is a wish to delete. */
  onEmpty: (message: Message) => void
  onClose: () => void
}

/** Takes files off one's own message, one by one. */
export default function RemoveFilesDialog({ message: asked, onEmpty, onClose }: RemoveFilesDialogProps) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const message = useStore(
    (state) => state.messages[asked.channel_id]?.items.find(({ id }) => id === asked.id) ?? asked,
  )
  const attachments = message.attachments

  async function remove({ id }: Attachment) {
    if (attachments.length === 1 && message.content === '') {
      onClose()
      return onEmpty(message)
    }
    setBusy(true)
    setProblem(null)
    try {
      await takeOff(message, id)
      if (attachments.length === 1) onClose()
    } catch (error) {
      setProblem(problemText(asProblem(error)))
    } finally {
      setBusy(false)
    }
  }

  return (
    <Dialog title={t`Remove files`} onClose={onClose} actions={<Button onPress={onClose}>{t`Close`}</Button>}>
      <p>{t`A file that is removed disappears for everyone, and cannot be brought back.`}</p>
      <div role="alert">{problem && <p className={styles.problem}>{problem}</p>}</div>
      <ul className={styles.list} aria-label={t`Files`}>
        {attachments.map((attachment) => (
          <Entry
            key={attachment.id}
            attachment={attachment}
            isBusy={busy}
            onRemove={() => void remove(attachment)}
          />
        ))}
      </ul>
    </Dialog>
  )
}

interface EntryProps {
  attachment: Attachment
  isBusy: boolean
  onRemove: () => void
}

function Entry({ attachment, isBusy, onRemove }: EntryProps) {
  const { t } = useLingui()
  const bytes = useBytes()
  const { name, size, thumbnail_url, is_spoiler } = attachment
  return (
    <li className={styles.entry}>
      <span className={styles.sign}>
        {thumbnail_url && !is_spoiler ? (
          <img src={thumbnail_url} alt="" loading="lazy" />
        ) : (
          <FileIcon name={name} size={24} />
        )}
      </span>
      <span className={styles.name} title={name}>
        {name}
      </span>
      <span className={styles.size}>{bytes(size)}</span>
      <IconButton label={t`Remove ${name}`} danger isDisabled={isBusy} onPress={onRemove}>
        <Trash2 size={18} />
      </IconButton>
    </li>
  )
}
