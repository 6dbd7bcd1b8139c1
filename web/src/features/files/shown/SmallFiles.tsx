import { useLingui } from '@lingui/react/macro'
import type { Attachment } from '@/api/contract'
import { useBytes } from '../bytes'
import { FileIcon } from '../FileIcon'
import { kindOf } from '../kinds'
import { fileWords } from '../words'
import { placeholderImage } from './placeholder'
import styles from './SmallFiles.module.css'

interface SmallFilesProps {
  attachments: Attachment[]
  /** So many are shown; when there are more, it is said how many there are in all. */
  most: number
}

/** The files of a message, small: enough to know them again. */
export function SmallFiles({ attachments, most }: SmallFilesProps) {
  const { t } = useLingui()
  const bytes = useBytes()
  return (
    <ul className={styles.files} aria-label={t`Files`}>
      {attachments.slice(0, most).map((file) => (
        <li key={file.id} className={styles.file}>
          <Sign file={file} />
          <span className={styles.name} dir="auto" title={file.name}>
            {file.name}
          </span>
          <span className={styles.size}>{bytes(file.size)}</span>
        </li>
      ))}
      {attachments.length > most && <li className={styles.more}>{fileWords(attachments.length)}</li>}
    </ul>
  )
}

/** A picture that nobody has to uncover, or the sign of what it is. */
function Sign({ file }: { file: Attachment }) {
  if (kindOf(file) !== 'picture' || file.is_spoiler) {
    return (
      <span className={styles.sign}>
        <FileIcon name={file.name} size={20} />
      </span>
    )
  }
  const blurred = placeholderImage(file.placeholder)
  return (
    <img
      className={styles.sign}
      style={blurred ? { backgroundImage: `url("${blurred}")` } : {}}
      src={file.thumbnail_url ?? file.url}
      alt=""
      width={32}
      height={32}
      loading="lazy"
      decoding="async"
      draggable={false}
    />
  )
}
