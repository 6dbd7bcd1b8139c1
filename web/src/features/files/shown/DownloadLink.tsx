import { useLingui } from '@lingui/react/macro'
import { Download } from 'lucide-react'
import type { Attachment } from '@/api/contract'
import styles from './Files.module.css'

interface DownloadLinkProps {
  attachment: Attachment
  isFocused: boolean
}

/** Saves a file on the device. */
export function DownloadLink({ attachment, isFocused }: DownloadLinkProps) {
  const { t } = useLingui()
  const { name } = attachment
  const label = t`Download ${name}`
  return (
    <a
      className={styles.download}
      href={downloadAddress(attachment)}
      download={name}
      aria-label={label}
      title={label}
      tabIndex={isFocused ? 0 : -1}
    >
      <Download size={18} aria-hidden="true" />
    </a>
  )
}

export function downloadAddress({ url }: Attachment): string {
  return `${url}?download=1`
}
