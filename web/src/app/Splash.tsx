import { useLingui } from '@lingui/react/macro'
import { Logo } from '@/design/Logo'
import { useAfter } from '@/design/Skeleton'
import styles from './Splash.module.css'

/** What is shown while nothing is known yet; nothing at all for the first moments. */
export function Splash() {
  const { t } = useLingui()
  const late = useAfter(300)
  return (
    <div className={styles.splash} role="status" aria-label={t`Loading`}>
      {late && (
        <span className={styles.mark}>
          <Logo size={56} />
        </span>
      )}
    </div>
  )
}
