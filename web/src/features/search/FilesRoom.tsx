import type { Attachment } from '@/api/contract'
import styles from './Search.module.css'

/** The room of a message's files until they are shown: what is below does not move. */
export function FilesRoom({ attachments, most }: { attachments: Attachment[]; most: number }) {
  return (
    <div aria-hidden="true">
      {attachments.slice(0, most).map(({ id }) => (
        <div key={id} className={styles.fileRoom} />
      ))}
    </div>
  )
}
