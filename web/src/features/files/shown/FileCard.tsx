import type { Attachment } from '@/api/contract'
import { useBytes } from '../bytes'
import { FileIcon } from '../FileIcon'
import { DownloadLink, downloadAddress } from './DownloadLink'
import styles from './Files.module.css'

interface FileCardProps {
  attachment: Attachment
  isFocused: boolean
}

/** A file that is not shown here: what it is called, how large it is, and the way to it. */
export function FileCard({ attachment, isFocused }: FileCardProps) {
  return (
    <div className={styles.card}>
      <FileLine attachment={attachment} isFocused={isFocused} />
    </div>
  )
}

/** A file's sign, name and size, and the way to it. */
export function FileLine({ attachment, isFocused }: FileCardProps) {
  const bytes = useBytes()
  const { name, size } = attachment
  return (
    <>
      <span className={styles.sign}>
        <FileIcon name={name} size={28} />
      </span>
      <span className={styles.words}>
        <a
          className={styles.name}
          href={downloadAddress(attachment)}
          download={name}
          title={name}
          tabIndex={isFocused ? 0 : -1}
        >
          {name}
        </a>
        <span className={styles.size}>{bytes(size)}</span>
      </span>
      <DownloadLink attachment={attachment} isFocused={isFocused} />
    </>
  )
}
