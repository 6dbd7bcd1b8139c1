import { useLingui } from '@lingui/react/macro'
import { Ban } from 'lucide-react'
import { useId } from 'react'
import { Label, Radio, RadioGroup } from 'react-aria-components'
import styles from './ColorField.module.css'

const none = 'none'

interface ColorFieldProps {
  label: string
  description?: string
  /** Ready to be chosen, as `#rrggbb`, with their names. */
  swatches: { value: string; name: string }[]
  /** As `#rrggbb`; null for none. */
  value: string | null
  onChange: (value: string | null) => void
  isDisabled?: boolean
}

/** A colour: one of a few, one's own, or none. */
export function ColorField({ label, description, swatches, value, onChange, isDisabled }: ColorFieldProps) {
  const { t } = useLingui()
  const id = useId()
  return (
    <div className={styles.field}>
      <RadioGroup
        className={styles.group ?? ''}
        value={value ?? none}
        isDisabled={isDisabled ?? false}
        onChange={(chosen) => onChange(chosen === none ? null : chosen)}
      >
        <Label className={styles.label ?? ''}>{label}</Label>
        <div className={styles.swatches}>
          <Radio value={none} aria-label={t`No colour`} className={styles.swatch ?? ''}>
            <Ban size={16} />
          </Radio>
          {swatches.map((swatch) => (
            <Radio
              key={swatch.value}
              value={swatch.value}
              aria-label={swatch.name}
              className={styles.swatch ?? ''}
              style={{ backgroundColor: swatch.value }}
            />
          ))}
        </div>
      </RadioGroup>
      <div className={styles.own}>
        <label htmlFor={id}>{t`Another colour`}</label>
        <input
          id={id}
          type="color"
          className={styles.picker}
          value={value ?? '#5b3df5'}
          disabled={isDisabled}
          onChange={(event) => onChange(event.target.value)}
        />
      </div>
      {description && <p className={styles.description}>{description}</p>}
    </div>
  )
}
