import { useLingui } from '@lingui/react/macro'
import { Check, Slash, X } from 'lucide-react'
import { useId } from 'react'
import { Label, Radio, RadioGroup } from 'react-aria-components'
import styles from './TriState.module.css'

/** What an exception says: yes, no, or nothing. */
export type Ruling = 'allow' | 'inherit' | 'deny'

interface TriStateProps {
  label: string
  description?: string
  value: Ruling
  onChange: (value: Ruling) => void
  /** Why it cannot be changed, in words; it is disabled then. */
  locked?: string | undefined
}

/** Deny, inherit or allow. */
export function TriState({ label, description, value, onChange, locked }: TriStateProps) {
  const { t } = useLingui()
  const id = useId()
  const rulings = [
    { value: 'deny', name: t`Deny`, icon: <X size={16} /> },
    { value: 'inherit', name: t`Inherit`, icon: <Slash size={14} /> },
    { value: 'allow', name: t`Allow`, icon: <Check size={16} /> },
  ] as const
  return (
    <RadioGroup
      className={styles.row ?? ''}
      orientation="horizontal"
      value={value}
      isDisabled={locked !== undefined}
      aria-describedby={id}
      onChange={(chosen) => {
        const ruling = rulings.find((candidate) => candidate.value === chosen)
        if (ruling) onChange(ruling.value)
      }}
    >
      <div className={styles.text}>
        <Label className={styles.name ?? ''}>{label}</Label>
        <p id={id} className={styles.description}>
          {description}
          {locked && <span className={styles.locked}>{locked}</span>}
        </p>
      </div>
      <div className={styles.rulings}>
        {rulings.map((ruling) => (
          <Radio
            key={ruling.value}
            value={ruling.value}
            aria-label={ruling.name}
            className={`${styles.ruling} ${styles[ruling.value]}`}
          >
            <span title={ruling.name} className={styles.mark}>
              {ruling.icon}
            </span>
          </Radio>
        ))}
      </div>
    </RadioGroup>
  )
}
