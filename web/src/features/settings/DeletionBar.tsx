import { useLingui } from '@lingui/react/macro'
import { TriangleAlert } from 'lucide-react'
import { useTimes } from '@/i18n/times'
import { useStore } from '@/state/store'
import styles from './DeletionBar.module.css'
import { KeepAccount } from './KeepAccount'

/** Says that my account is about to be erased, as long as that can be taken back. */
export default function DeletionBar() {
  const { t } = useLingui()
  const times = useTimes()
  const end = useStore((state) => state.me?.deletion_at)
  if (!end) return null
  return (
    <div className={styles.bar} role="status">
      <p className={styles.text}>
        <TriangleAlert size={16} aria-hidden="true" />
        {t`Your account will be erased on ${times.date(end)}.`}
      </p>
      <KeepAccount />
    </div>
  )
}
