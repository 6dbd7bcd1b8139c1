import { useLingui } from '@lingui/react/macro'
import { ImageOff, RotateCw } from 'lucide-react'
import type { Attachment } from '@/api/contract'
import { IconButton } from '@/design/Button'
import { DownloadLink } from './DownloadLink'
import styles from './Files.module.css'

interface FailedPictureProps {
  picture: Attachment
  isFocused: boolean
  onRetry: () => void
}

/** Instead of a picture that could not be shown: what it is, and how to get it. */
export function FailedPicture({ picture, isFocused, onRetry }: FailedPictureProps) {
  const { t } = useLingui()
  const { name } = picture
  return (
    <div className={styles.broken}>
      <ImageOff size={24} aria-hidden="true" />
      <p className={styles.brokenName} title={name}>
        {name}
      </p>
      <span className={styles.brokenActions}>
        <IconButton label={t`Try ${name} again`} small excludeFromTabOrder={!isFocused} onPress={onRetry}>
          <RotateCw size={16} />
        </IconButton>
        <DownloadLink attachment={picture} isFocused={isFocused} />
      </span>
    </div>
  )
}
