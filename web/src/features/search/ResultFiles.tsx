import { plural } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import type { Attachment } from '@/api/contract'
import { useBytes } from '@/features/files/bytes'
import { FileIcon } from '@/features/files/FileIcon'
import { kindOf } from '@/features/files/kinds'
import { placeholderImage } from '@/features/files/shown/placeholder'
import styles from './ResultFiles.module.css'

/** So many are shown; of more it is said how many there are. */
const most = 3

/** The files of a message that was found, small: enough to know them again. */
export function ResultFiles({ attachments }: { attachments: Attachment[] }) {
  const { t } = useLingui()
  const bytes = useBytes()
  const left = attachments.length - most
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
      {left > 0 && (
        <li className={styles.more}>{plural(left, { one: '# more file', other: '# more files' })}</li>
      )}
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
