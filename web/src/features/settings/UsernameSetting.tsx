import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, http } from '@/api/client'
import type { OwnUser } from '@/api/contract'
import { Button } from '@/design/Button'
import { useTimes } from '@/i18n/times'
import { ChangeUsernameDialog } from './ChangeUsernameDialog'
import styles from './SettingsScreen.module.css'

/** What others find and mention me by (U3), and when I can change it. */
export function UsernameSetting({ me }: { me: OwnUser }) {
  const { t } = useLingui()
  const times = useTimes()
  const [changing, setChanging] = useState(false)
  // Whenever it was changed, here or elsewhere, it is asked anew.
  const left = useQuery({
    queryKey: ['username', me.username],
    queryFn: ({ signal }) => answer(http.GET('/users/@me/username', { signal })),
    refetchOnMount: 'always',
  })
  const again = left.data?.next_change_at
  return (
    <div className={styles.username}>
      <span>@{me.username}</span>
      {again ? (
        <p className={styles.quiet}>{t`You can change it again on ${times.full(again)}.`}</p>
      ) : (
        <Button onPress={() => setChanging(true)}>{t`Change username`}</Button>
      )}
      {changing && <ChangeUsernameDialog me={me} onClose={() => setChanging(false)} />}
    </div>
  )
}
