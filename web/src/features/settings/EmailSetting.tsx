import { useLingui } from '@lingui/react/macro'
import { useCallback, useState } from 'react'
import { answer, http } from '@/api/client'
import type { OwnUser, Security } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { Button } from '@/design/Button'
import { toast } from '@/design/toasts'
import { useMail } from '@/features/auth/instance'
import { useProblemText } from '@/i18n/problems'
import { useTimes } from '@/i18n/times'
import { ChangeEmailDialog } from './ChangeEmailDialog'
import { signsInAgain, useComingBack, useElsewhere } from './elsewhere'
import styles from './SettingsScreen.module.css'
import { useSecurity, useSecurityRefresh } from './security'

/** My e-mail (U3): another one counts once a link that was sent there was opened. */
export function EmailSetting({ me }: { me: OwnUser }) {
  const { t } = useLingui()
  const mail = useMail()
  const security = useSecurity()
  const [changing, setChanging] = useState(false)
  const elsewhere = useElsewhere('email')
  useComingBack(
    'email',
    useCallback(() => setChanging(true), []),
  )
  const change = security.data?.email_change
  const kept = security.data?.kept_by === 'directory'

  function begin() {
    if (security.data && signsInAgain(security.data)) elsewhere.go({ action: 'sign_in_again' })
    else setChanging(true)
  }

  return (
    <div className={styles.email}>
      <span>{me.email}</span>
      {change && <Waiting change={change} />}
      {kept && (
        <p className={styles.quiet}>{t`Your school or company keeps your e-mail. It is changed there.`}</p>
      )}
      {mail === false && !kept && (
        <p className={styles.quiet}>
          {t`This Beep cannot send mail, which a new e-mail needs. Ask whoever runs it to change yours.`}
        </p>
      )}
      {mail && security.data && !kept && (
        <Button isPending={elsewhere.pending} onPress={begin}>
          {change ? t`Use another e-mail` : t`Change e-mail`}
        </Button>
      )}
      {changing && security.data && (
        <ChangeEmailDialog security={security.data} onClose={() => setChanging(false)} />
      )}
    </div>
  )
}

function Waiting({ change }: { change: NonNullable<Security['email_change']> }) {
  const { t } = useLingui()
  const times = useTimes()
  const problemText = useProblemText()
  const refresh = useSecurityRefresh()
  const [pending, setPending] = useState(false)

  async function cancel() {
    setPending(true)
    try {
      await answer(http.DELETE('/users/@me/email'))
    } catch (error) {
      toast(problemText(asProblem(error)), 'danger')
    }
    setPending(false)
    refresh()
  }

  return (
    <div className={styles.pending} role="status">
      <div className={styles.about}>
        <p>{t`We sent a link to ${change.email}. Open it to change your e-mail.`}</p>
        <p className={styles.quiet}>{t`It works until ${times.full(change.expires_at)}.`}</p>
      </div>
      <Button isPending={pending} onPress={() => void cancel()}>{t`Cancel the change`}</Button>
    </div>
  )
}
