import { useId } from 'react'
import styles from './Checkbox.module.css'

interface CheckboxProps {
  label: string
  description?: string
  isSelected: boolean
  onChange: (isSelected: boolean) => void
}

/** Something to tick in a form, which counts when the form is sent. The browser's own: it is at home everywhere. */
export function Checkbox({ label, description, isSelected, onChange }: CheckboxProps) {
  const id = useId()
  return (
    <div className={styles.row}>
      <label className={styles.label}>
        <input
          type="checkbox"
          className={styles.box}
          checked={isSelected}
          onChange={(event) => onChange(event.target.checked)}
          aria-describedby={description ? id : undefined}
        />
        {label}
      </label>
      {description && (
        <p id={id} className={styles.description}>
          {description}
        </p>
      )}
    </div>
  )
}
