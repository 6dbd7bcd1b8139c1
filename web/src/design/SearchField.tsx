import { Search } from 'lucide-react'
import styles from './SearchField.module.css'

interface SearchFieldProps {
  /** What is sought; read out, and shown while the field is empty. */
  label: string
  value: string
  onChange: (value: string) => void
}

/** Where one types what one is looking for. */
export function SearchField({ label, value, onChange }: SearchFieldProps) {
  return (
    <div className={styles.frame}>
      <Search size={18} aria-hidden="true" />
      <input
        type="search"
        className={styles.input}
        aria-label={label}
        placeholder={label}
        value={value}
        maxLength={100}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  )
}
