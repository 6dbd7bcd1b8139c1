import { useLingui } from '@lingui/react/macro'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, http } from '@/api/client'
import type { SignedInDevice } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { Button } from '@/design/Button'
import { EmptyState } from '@/design/EmptyState'
import { toast } from '@/design/toasts'
import { useProblemText } from '@/i18n/problems'
import { useTimes } from '@/i18n/times'
import { deviceName } from './device-name'
import styles from './SettingsScreen.module.css'

const key = ['sign-ins']

/** Where I am signed in, and the way to end it there. */
export function DevicesSection() {
  const { t } = useLingui()
  const devices = useQuery({
    queryKey: key,
    queryFn: () => answer(http.GET('/users/@me/sessions')),
    refetchOnMount: 'always',
  })
  if (devices.isError) {
    return (
      <EmptyState
        title={t`This could not be loaded`}
        actions={<Button onPress={() => void devices.refetch()}>{t`Try again`}</Button>}
      />
    )
  }
  return (
    <div className={styles.body}>
      <p className={styles.quiet}>
        {t`If one of these is not yours, sign it out, and change your password.`}
      </p>
      <ul className={styles.devices}>
        {devices.data?.items.map((device) => (
          <Device key={device.id} device={device} />
        ))}
      </ul>
    </div>
  )
}

function Device({ device }: { device: SignedInDevice }) {
  const { t } = useLingui()
  const times = useTimes()
  const problemText = useProblemText()
  const queries = useQueryClient()
  const name = deviceName(device.user_agent) || t`Unknown device`

  async function end() {
    try {
      const params = { path: { session_id: device.id } }
      await answer(http.DELETE('/users/@me/sessions/{session_id}', { params }))
    } catch (error) {
      toast(problemText(asProblem(error)), 'danger')
    }
    await queries.invalidateQueries({ queryKey: key })
  }

  return (
    <li className={styles.device}>
      <div className={styles.about}>
        <p className={styles.agent}>{name}</p>
        <p className={styles.quiet}>
          {device.current ? t`This device` : t`Last used ${times.full(device.last_used_at)}`}
        </p>
      </div>
      {!device.current && (
        <Button aria-label={t`Sign out ${name}`} onPress={() => void end()}>{t`Sign out`}</Button>
      )}
    </li>
  )
}
