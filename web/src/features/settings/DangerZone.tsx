import { Plural, useLingui } from '@lingui/react/macro'
import { useCallback, useState } from 'react'
import type { OwnUser } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { Button } from '@/design/Button'
import { useGraceDays } from '@/features/auth/instance'
import { useTimes } from '@/i18n/times'
import { DeleteAccountDialog } from './DeleteAccountDialog'
import { signsInAgain, useComingBack, useElsewhere, useManagedProblemText } from './elsewhere'
import { KeepAccount } from './KeepAccount'
import styles from './SettingsScreen.module.css'
import { useSecurity } from './security'

/** The way to leave for good, and back from it. */
export function DangerZone({ me }: { me: OwnUser }) {
  const { t } = useLingui()
  const times = useTimes()
  const problemText = useManagedProblemText()
  const security = useSecurity()
  const elsewhere = useElsewhere('deletion')
  const [dialog, setDialog] = useState<'asking' | 'confirmed' | null>(null)
  useComingBack(
    'deletion',
    useCallback(() => setDialog('confirmed'), []),
  )
  const days = useGraceDays()
  const end = me.deletion_at
  return (
    <section className={styles.zone} aria-labelledby="danger-heading">
      <h2 id="danger-heading" className={styles.heading}>{t`Danger zone`}</h2>
      <div className={styles.card}>
        <div className={styles.about}>
          <h3 className={styles.heading}>{t`Delete account`}</h3>
          <p className={styles.quiet}>
            {end ? (
              t`Your account will be erased on ${times.full(end)}. Until then you can keep it.`
            ) : (
              <>
                {t`What you wrote stays, without your name.`}{' '}
                {days > 0 ? (
                  <Plural
                    value={days}
                    one="You have # day to change your mind."
                    other="You have # days to change your mind."
                  />
                ) : (
                  t`This cannot be taken back.`
                )}
              </>
            )}
          </p>
          {security.isError && <p className={styles.warning}>{problemText(asProblem(security.error))}</p>}
        </div>
        {end ? (
          <KeepAccount />
        ) : (
          <Button
            look="danger"
            isDisabled={!security.data}
            isPending={elsewhere.pending}
            onPress={() => setDialog('asking')}
          >
            {t`Delete account`}
          </Button>
        )}
      </div>
      {dialog && security.data && !end && (
        <DeleteAccountDialog
          security={security.data}
          onSignInAgain={
            signsInAgain(security.data) && dialog === 'asking'
              ? () => elsewhere.go({ action: 'sign_in_again' })
              : null
          }
          onClose={() => setDialog(null)}
        />
      )}
    </section>
  )
}
