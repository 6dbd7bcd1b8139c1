import { Plural, useLingui } from '@lingui/react/macro'
import { useCallback, useState } from 'react'
import type { Security } from '@/api/contract'
import { Button } from '@/design/Button'
import { ChangePasswordDialog } from './ChangePasswordDialog'
import { CredentialItem } from './CredentialItem'
import { signsInAgain, useComingBack, useElsewhere } from './elsewhere'
import room from './Security.module.css'
import styles from './SettingsScreen.module.css'
import { WaysToSignIn } from './WaysToSignIn'

/** What keeps others out of my account, where an identity manager keeps it: most is done on its own pages. */
export function ManagedSecurity({ security }: { security: Security }) {
  const { t } = useLingui()
  const elsewhere = useElsewhere('security')
  const [changing, setChanging] = useState(false)
  useComingBack(
    'security',
    useCallback(() => setChanging(true), []),
  )
  const again = signsInAgain(security)
  const change = () => (again ? elsewhere.go({ action: 'sign_in_again' }) : setChanging(true))
  return (
    <div className={styles.body}>
      <section className={styles.card} aria-labelledby="password-heading">
        <div className={styles.about}>
          <h2 id="password-heading" className={styles.heading}>{t`Password`}</h2>
          <PasswordText security={security} />
        </div>
        {security.kept_by !== 'directory' && (
          <Button isPending={elsewhere.pending} onPress={change}>
            {security.password ? t`Change password` : t`Set a password`}
          </Button>
        )}
      </section>
      <section className={styles.card} aria-labelledby="second-factor-heading">
        <div className={styles.about}>
          <h2 id="second-factor-heading" className={styles.heading}>{t`Two-factor sign-in`}</h2>
          <p className={styles.quiet}>
            {t`With a code from an app or a key of your own, your password alone is of no use to others. This is set up on another page, which brings you back here.`}
          </p>
          <Codes security={security} />
        </div>
        {security.credentials.length > 0 && (
          <ul className={`${styles.devices} ${room.kept}`}>
            {security.credentials.map((credential) => (
              <CredentialItem
                key={credential.id}
                credential={credential}
                pending={elsewhere.pending}
                onRemove={() => elsewhere.go({ action: 'remove', credential_id: credential.id })}
              />
            ))}
          </ul>
        )}
        <div className={styles.acts}>
          <Button isPending={elsewhere.pending} onPress={() => elsewhere.go({ action: 'set_up_totp' })}>
            {t`Add an app for codes`}
          </Button>
          <Button isPending={elsewhere.pending} onPress={() => elsewhere.go({ action: 'add_security_key' })}>
            {t`Add a security key`}
          </Button>
          <Button isPending={elsewhere.pending} onPress={() => elsewhere.go({ action: 'add_passkey' })}>
            {t`Add a passkey`}
          </Button>
          <Button
            isPending={elsewhere.pending}
            onPress={() => elsewhere.go({ action: 'set_up_recovery_codes' })}
          >
            {t`New recovery codes`}
          </Button>
        </div>
      </section>
      <WaysToSignIn security={security} />
      {changing && <ChangePasswordDialog security={security} onClose={() => setChanging(false)} />}
    </div>
  )
}

function PasswordText({ security }: { security: Security }) {
  const { t } = useLingui()
  return (
    <p className={styles.quiet}>
      {security.kept_by === 'directory'
        ? t`You sign in with the account of your school or company, which keeps your password. Change it there.`
        : security.password
          ? t`Use one that you use nowhere else.`
          : t`You have no password here.`}
    </p>
  )
}

function Codes({ security }: { security: Security }) {
  const left = security.second_factor.recovery_codes_left
  if (!security.credentials.some((credential) => credential.kind === 'recovery_codes')) return null
  return (
    <p className={styles.quiet}>
      <Plural value={left} one="# recovery code is left." other="# recovery codes are left." />
    </p>
  )
}
