import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { Button } from '@/design/Button'
import { EmptyState } from '@/design/EmptyState'
import { ChangePasswordDialog } from './ChangePasswordDialog'
import { ManagedSecurity } from './ManagedSecurity'
import { Passkeys } from './Passkeys'
import { SecondFactor } from './SecondFactor'
import styles from './SettingsScreen.module.css'
import { useSecurity } from './security'

/** What keeps others out of my account (A3, U4). */
export function SecuritySection() {
  const { t } = useLingui()
  const security = useSecurity()
  const [changing, setChanging] = useState(false)
  if (security.isError && !security.data) {
    return (
      <EmptyState
        title={t`This could not be loaded`}
        actions={<Button onPress={() => void security.refetch()}>{t`Try again`}</Button>}
      />
    )
  }
  if (!security.data) return null
  if (security.data.kept_by !== 'beep') return <ManagedSecurity security={security.data} />
  return (
    <div className={styles.body}>
      {security.data.password && (
        <section className={styles.card} aria-labelledby="password-heading">
          <div className={styles.about}>
            <h2 id="password-heading" className={styles.heading}>{t`Password`}</h2>
            <p className={styles.quiet}>{t`Use one that you use nowhere else.`}</p>
          </div>
          <Button onPress={() => setChanging(true)}>{t`Change password`}</Button>
        </section>
      )}
      <SecondFactor factor={security.data.second_factor} />
      <Passkeys security={security.data} />
      {changing && <ChangePasswordDialog security={security.data} onClose={() => setChanging(false)} />}
    </div>
  )
}
