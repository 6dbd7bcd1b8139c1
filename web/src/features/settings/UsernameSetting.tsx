import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import type { OwnUser } from '@/api/contract'
import { Button } from '@/design/Button'
import { ChangeUsernameDialog } from './ChangeUsernameDialog'
import styles from './SettingsScreen.module.css'

/** What others find and mention me by (U3). */
export function UsernameSetting({ me }: { me: OwnUser }) {
  const { t } = useLingui()
  const [changing, setChanging] = useState(false)
  return (
    <div className={styles.username}>
      <span>@{me.username}</span>
      <Button onPress={() => setChanging(true)}>{t`Change username`}</Button>
      {changing && <ChangeUsernameDialog me={me} onClose={() => setChanging(false)} />}
    </div>
  )
}
