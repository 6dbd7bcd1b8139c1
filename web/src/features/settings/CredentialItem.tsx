import { useLingui } from '@lingui/react/macro'
import type { Security } from '@/api/contract'
import { Button } from '@/design/Button'
import { useTimes } from '@/i18n/times'
import styles from './SettingsScreen.module.css'

export type Credential = Security['credentials'][number]

interface CredentialItemProps {
  credential: Credential
  /** When it was used, in words, where that is known. */
  used?: string
  pending?: boolean
  onRemove: () => void
}

/** Something that one signs in with beside the password. */
export function CredentialItem({ credential, used, pending = false, onRemove }: CredentialItemProps) {
  const { t } = useLingui()
  const times = useTimes()
  const kinds: Record<Credential['kind'], string> = {
    totp: t`App for codes`,
    security_key: t`Security key`,
    passkey: t`Passkey`,
    recovery_codes: t`Recovery codes`,
  }
  const name = credential.name || kinds[credential.kind]
  const since = credential.created_at ? times.date(credential.created_at) : ''
  return (
    <li className={styles.device}>
      <div className={styles.about}>
        <p className={styles.agent}>{name}</p>
        <p className={styles.quiet}>
          {since ? t`${kinds[credential.kind]}, since ${since}` : kinds[credential.kind]}
        </p>
        {used && <p className={styles.quiet}>{used}</p>}
      </div>
      <Button isPending={pending} aria-label={t`Remove ${name}`} onPress={onRemove}>{t`Remove`}</Button>
    </li>
  )
}
