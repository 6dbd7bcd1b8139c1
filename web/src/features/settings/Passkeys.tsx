import { useLingui } from '@lingui/react/macro'
import { useEffect, useRef, useState } from 'react'
import type { Security } from '@/api/contract'
import { Button } from '@/design/Button'
import { canUsePasskeys } from '@/features/auth/passkeys'
import { useWaysIn } from '@/features/auth/ways-in'
import { useTimes } from '@/i18n/times'
import { AddPasskeyDialog } from './AddPasskeyDialog'
import { type Credential, CredentialItem } from './CredentialItem'
import { RemovePasskeyDialog } from './RemovePasskeyDialog'
import room from './Security.module.css'
import styles from './SettingsScreen.module.css'

/** The keys of my devices that open the account in place of password and code (A3). */
export function Passkeys({ security }: { security: Security }) {
  const { t } = useLingui()
  const times = useTimes()
  const [adding, setAdding] = useState(false)
  const [removed, setRemoved] = useState<Credential | null>(null)
  const passkeys = security.credentials.filter(({ kind }) => kind === 'passkey')
  const { heading, removing } = useFocusAfter(passkeys.length, removed !== null)
  const withCode = security.second_factor.totp
  return (
    <section className={styles.card} aria-labelledby="passkeys-heading">
      <div className={styles.about}>
        <h2 id="passkeys-heading" ref={heading} tabIndex={-1} className={styles.heading}>
          {t`Passkeys`}
        </h2>
        <p className={styles.quiet}>
          {t`Sign in with your finger, your face or the PIN of your device, in place of password and code.`}
        </p>
      </div>
      {passkeys.length > 0 && (
        <ul className={`${styles.devices} ${room.kept}`} aria-labelledby="passkeys-heading">
          {passkeys.map((passkey) => (
            <CredentialItem
              key={passkey.id}
              credential={passkey}
              used={passkey.last_used_at ? t`Last used ${times.full(passkey.last_used_at)}` : t`Not used yet`}
              onRemove={() => setRemoved(passkey)}
            />
          ))}
        </ul>
      )}
      <Adding onAdd={() => setAdding(true)} />
      {adding && <AddPasskeyDialog withCode={withCode} onClose={() => setAdding(false)} />}
      {removed && (
        <RemovePasskeyDialog
          passkey={removed}
          withCode={withCode}
          onRemove={removing}
          onClose={() => setRemoved(null)}
        />
      )}
    </section>
  )
}

/** The way to add one, or why there is none. */
function Adding({ onAdd }: { onAdd: () => void }) {
  const { t } = useLingui()
  const ways = useWaysIn()
  if (!ways) return null
  if (!ways.passkeys) {
    return (
      <p className={`${styles.quiet} ${room.kept}`}>
        {t`Passkeys cannot be added here: for them, this Beep needs an address with a name and https.`}
      </p>
    )
  }
  if (!canUsePasskeys()) {
    return (
      <p className={`${styles.quiet} ${room.kept}`}>
        {t`This browser cannot add passkeys. A newer one can, or one on your phone.`}
      </p>
    )
  }
  return <Button onPress={onAdd}>{t`Add a passkey`}</Button>
}

/** The heading takes the focus from an entry that is removed here, once it is gone and no dialog is open. */
function useFocusAfter(length: number, open: boolean) {
  const heading = useRef<HTMLHeadingElement>(null)
  const before = useRef<number | null>(null)
  useEffect(() => {
    if (open || before.current === null || length >= before.current) return
    before.current = null
    heading.current?.focus()
  }, [length, open])
  return {
    heading,
    removing: () => {
      before.current = length
    },
  }
}
