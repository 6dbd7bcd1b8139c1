import { useLingui } from '@lingui/react/macro'
import { WifiOff } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useStore } from '@/state/store'
import styles from './ConnectionBar.module.css'

const graceMs = 2_000

/** Says that the connection is gone, once that has lasted two seconds. */
export function ConnectionBar() {
  const { t } = useLingui()
  const connection = useStore((state) => state.connection)
  const [late, setLate] = useState(false)
  const away = connection !== 'live'

  useEffect(() => {
    setLate(false)
    if (!away) return
    const handle = setTimeout(() => setLate(true), graceMs)
    return () => clearTimeout(handle)
  }, [away])

  return (
    <div role="status">
      {away && late && (
        <div className={styles.bar}>
          <WifiOff size={16} aria-hidden="true" />
          <span>
            {connection === 'connecting'
              ? t`Connecting…`
              : t`Connection lost. What you send waits here until it is back.`}
          </span>
        </div>
      )}
    </div>
  )
}
