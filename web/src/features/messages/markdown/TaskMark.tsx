import { useLingui } from '@lingui/react/macro'
import { Square, SquareCheck } from 'lucide-react'
import styles from './Markdown.module.css'

/** Whether something is done; nobody ticks it here. */
export function TaskMark({ done }: { done: boolean }) {
  const { t } = useLingui()
  const Icon = done ? SquareCheck : Square
  return <Icon size={16} role="img" aria-label={done ? t`Done` : t`To do`} className={styles.mark} />
}
