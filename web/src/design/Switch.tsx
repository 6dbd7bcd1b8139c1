import { Lock } from 'lucide-react'
import { type ReactNode, useId } from 'react'
import { Switch as AriaSwitch } from 'react-aria-components'
import styles from './Switch.module.css'

interface SwitchProps {
  label: string
  description?: ReactNode
  isSelected: boolean
  onChange: (isSelected: boolean) => void
  /** Why it cannot be switched, in words; it is disabled then. */
  locked?: string | undefined
}

/** Something that is on or off, with a sentence on what that means. */
export function Switch({ label, description, isSelected, onChange, locked }: SwitchProps) {
  const id = useId()
  return (
    <div className={styles.row}>
      <AriaSwitch
        className={styles.switch ?? ''}
        isSelected={isSelected}
        onChange={onChange}
        isDisabled={locked !== undefined}
        aria-describedby={description || locked ? id : undefined}
      >
        <span className={styles.name}>{label}</span>
        <span className={styles.track} aria-hidden="true" />
      </AriaSwitch>
      {(description || locked) && (
        <div id={id} className={styles.description}>
          {description}
          {locked && (
            <p className={styles.locked}>
              <Lock size={12} aria-hidden="true" />
              {locked}
            </p>
          )}
        </div>
      )}
    </div>
  )
}
