import { useLingui } from '@lingui/react/macro'
import { ArrowDown } from 'lucide-react'
import { Button } from 'react-aria-components'
import styles from './MessageList.module.css'

/** Says that the messages on the screen are not the newest, and leads to those. */
export function OlderMessagesBar({ onPresent }: { onPresent: () => void }) {
  const { t } = useLingui()
  return (
    <div className={styles.older} data-testid="older-messages">
      <p role="status">{t`You are looking at older messages`}</p>
      <Button className={styles.onward ?? ''} onPress={onPresent}>
        {t`Jump to present`}
        <ArrowDown size={16} aria-hidden="true" />
      </Button>
    </div>
  )
}
