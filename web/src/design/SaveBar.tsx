import { useLingui } from '@lingui/react/macro'
import { Button } from './Button'
import styles from './SaveBar.module.css'

interface SaveBarProps {
  isPending: boolean
  onReset: () => void
  /** Why it could not be saved, in words. */
  problem?: string | undefined
}

/** At the foot of a form with changes: takes them back, or saves them. */
export function SaveBar({ isPending, onReset, problem }: SaveBarProps) {
  const { t } = useLingui()
  return (
    <div className={styles.bar}>
      {problem && (
        <p role="alert" className={styles.problem}>
          {problem}
        </p>
      )}
      <p>{t`There are changes that are not saved.`}</p>
      <Button look="quiet" onPress={onReset}>{t`Reset`}</Button>
      <Button type="submit" look="primary" isPending={isPending}>{t`Save`}</Button>
    </div>
  )
}
