import { useLingui } from '@lingui/react/macro'
import { CircleSlash, Upload } from 'lucide-react'
import styles from './DropOverlay.module.css'

interface DropOverlayProps {
  channelName: string
  mayAttach: boolean
}

/** Tells where what is dragged would go. */
export default function DropOverlay({ channelName, mayAttach }: DropOverlayProps) {
  const { t } = useLingui()
  return (
    <div className={`${styles.overlay} ${mayAttach ? '' : styles.closed}`} data-testid="drop-overlay">
      <div className={styles.card}>
        {mayAttach ? <Upload size={32} aria-hidden="true" /> : <CircleSlash size={32} aria-hidden="true" />}
        <p className={styles.title}>
          {mayAttach ? t`Drop to attach to ${channelName}` : t`You may not attach files in ${channelName}.`}
        </p>
        {mayAttach && <p className={styles.hint}>{t`You can add a text before you send.`}</p>}
      </div>
    </div>
  )
}
