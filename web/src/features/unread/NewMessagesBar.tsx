import { useLingui } from '@lingui/react/macro'
import styles from './Unread.module.css'

/** Stands between what was read and what is new. */
export function NewMessagesBar() {
  const { t } = useLingui()
  return (
    <h2 className={styles.bar} data-testid="new-messages">
      {t`New messages`}
    </h2>
  )
}
