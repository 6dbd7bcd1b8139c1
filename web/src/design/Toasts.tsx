import { useLingui } from '@lingui/react/macro'
import { X } from 'lucide-react'
import { IconButton } from './Button'
import styles from './Toasts.module.css'
import { dismissToast, useToasts } from './toasts'

/** The place where toasts appear; once, at the root. */
export function Toasts() {
  const entries = useToasts((state) => state.entries)
  const { t } = useLingui()
  return (
    <div className={styles.stack} role="status" aria-live="polite">
      {entries.map((entry) => (
        <div key={entry.id} className={`${styles.toast} ${entry.tone === 'danger' ? styles.danger : ''}`}>
          <span className={styles.text}>{entry.text}</span>
          <IconButton label={t`Dismiss`} onPress={() => dismissToast(entry.id)}>
            <X size={16} />
          </IconButton>
        </div>
      ))}
    </div>
  )
}
