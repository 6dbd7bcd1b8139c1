import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { Button } from './Button'
import styles from './SaveBar.module.css'
import { useUnsaved } from './unsaved'

interface SaveBarProps {
  isPending: boolean
  onReset: () => void
  /** Why it could not be saved, in words. */
  problem?: string | undefined
}

/** At the foot of a form with changes: takes them back, or saves them. While it is there, nobody leaves unasked. */
export function SaveBar({ isPending, onReset, problem }: SaveBarProps) {
  const { t } = useLingui()
  const [leavings, setLeavings] = useState(0)
  useUnsaved(() => setLeavings((before) => before + 1))
  return (
    // Another key for each attempt to leave, so that the bar moves again.
    <div key={leavings} className={styles.bar} data-leaving={leavings > 0 || undefined}>
      {problem && (
        <p role="alert" className={styles.problem}>
          {problem}
        </p>
      )}
      {leavings > 0 ? (
        <p role="alert">{t`Save your changes first, or take them back.`}</p>
      ) : (
        <p>{t`There are changes that are not saved.`}</p>
      )}
      <Button look="quiet" onPress={onReset}>{t`Reset`}</Button>
      <Button type="submit" look="primary" isPending={isPending}>{t`Save`}</Button>
    </div>
  )
}
