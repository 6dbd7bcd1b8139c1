import { useLingui } from '@lingui/react/macro'
import { TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import type { Security } from '@/api/contract'
import { Button } from '@/design/Button'
import { useTimes } from '@/i18n/times'
import { NewCodesDialog } from './NewCodesDialog'
import styles from './SettingsScreen.module.css'
import { SwitchOffDialog } from './SwitchOffDialog'
import { SwitchOnDialog } from './SwitchOnDialog'
import { fewCodes } from './security'

type Factor = Security['second_factor']

/** The code of an app that signing in asks besides the password (A3). */
export function SecondFactor({ factor }: { factor: Factor }) {
  const { t } = useLingui()
  const [dialog, setDialog] = useState<'on' | 'off' | 'codes' | null>(null)
  const close = () => setDialog(null)
  return (
    <section className={styles.card} aria-labelledby="second-factor-heading">
      <div className={styles.about}>
        <h2 id="second-factor-heading" className={styles.heading}>{t`Two-factor sign-in`}</h2>
        {factor.totp ? (
          <On factor={factor} />
        ) : (
          <p className={styles.quiet}>
            {t`Off. Once it is on, signing in also asks for a code that an app on your phone shows, so that your password alone is of no use to others.`}
          </p>
        )}
      </div>
      <div className={styles.acts}>
        {factor.totp ? (
          <>
            <Button onPress={() => setDialog('codes')}>{t`New recovery codes`}</Button>
            <Button look="danger" onPress={() => setDialog('off')}>{t`Switch off`}</Button>
          </>
        ) : (
          <Button look="primary" onPress={() => setDialog('on')}>{t`Switch on`}</Button>
        )}
      </div>
      {dialog === 'on' && <SwitchOnDialog onClose={close} />}
      {dialog === 'codes' && <NewCodesDialog onClose={close} />}
      {dialog === 'off' && <SwitchOffDialog onClose={close} />}
    </section>
  )
}

function On({ factor }: { factor: Factor }) {
  const { t } = useLingui()
  const times = useTimes()
  const left = factor.recovery_codes_left
  return (
    <>
      <p className={styles.quiet}>{factor.since ? t`On since ${times.date(factor.since)}.` : t`On.`}</p>
      {left > fewCodes ? (
        <p className={styles.quiet}>{t`${left} recovery codes are left.`}</p>
      ) : (
        <p className={styles.warning}>
          <TriangleAlert size={16} aria-hidden="true" />
          <FewCodes left={left} />
        </p>
      )}
    </>
  )
}

function FewCodes({ left }: { left: number }) {
  const { t } = useLingui()
  if (left === 0) return <span>{t`No recovery code is left. Make new ones before you need one.`}</span>
  if (left === 1) return <span>{t`Only one recovery code is left. Make new ones before you need them.`}</span>
  return <span>{t`Only ${left} recovery codes are left. Make new ones before you need them.`}</span>
}
