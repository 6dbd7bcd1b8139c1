import { useLingui } from '@lingui/react/macro'
import { useCallback, useState } from 'react'
import type { OwnProvider, Security } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { Button } from '@/design/Button'
import { useComingBack, useElsewhere, useManagedProblemText } from './elsewhere'
import { unlinking, unlinkingIn } from './outcome'
import { useProviders } from './providers'
import room from './Security.module.css'
import styles from './SettingsScreen.module.css'
import { UnlinkProviderDialog } from './UnlinkProviderDialog'

interface Unlinking {
  id: string
  /** Whether I have signed in once more to do it. */
  confirmed: boolean
}

/** The accounts elsewhere that open mine, too (A7), to link and to unlink. */
export function WaysToSignIn({ security }: { security: Security }) {
  const { t } = useLingui()
  const problemText = useManagedProblemText()
  const providers = useProviders()
  const elsewhere = useElsewhere('security')
  const [back] = useState(() => unlinkingIn(window.location.search))
  const [unlinked, setUnlinked] = useState<Unlinking | null>(null)
  useComingBack(
    unlinking(back ?? ''),
    useCallback(() => setUnlinked(back === null ? null : { id: back, confirmed: true }), [back]),
  )
  const asked = providers.data?.find(({ id, linked }) => linked && id === unlinked?.id)
  if (providers.data?.length === 0) return null
  return (
    <section className={styles.card} aria-labelledby="providers-heading">
      <div className={styles.about}>
        <h2 id="providers-heading" className={styles.heading}>{t`Ways to sign in`}</h2>
        <p className={styles.quiet}>
          {t`An account elsewhere that is linked opens your account here: keep it as safe as this one.`}
        </p>
        {providers.isError && !providers.data && (
          <p className={styles.warning}>{problemText(asProblem(providers.error))}</p>
        )}
      </div>
      {providers.data && (
        <ul className={`${styles.devices} ${room.kept}`} aria-labelledby="providers-heading">
          {providers.data.map((provider) => (
            <ProviderItem
              key={provider.id}
              provider={provider}
              pending={elsewhere.pending}
              onLink={() => elsewhere.go({ action: 'link_provider', provider_id: provider.id })}
              onUnlink={() => setUnlinked({ id: provider.id, confirmed: false })}
            />
          ))}
        </ul>
      )}
      {asked && unlinked && (
        <UnlinkProviderDialog
          key={`${asked.id} ${unlinked.confirmed}`}
          provider={asked}
          security={security}
          confirmed={unlinked.confirmed}
          last={!opensOtherwise(security, providers.data ?? [], asked)}
          onClose={() => setUnlinked(null)}
        />
      )}
    </section>
  )
}

/** Whether I can sign in without this provider; the server has the last word. */
function opensOtherwise(security: Security, all: OwnProvider[], without: OwnProvider): boolean {
  return (
    security.password ||
    security.credentials.some(({ kind }) => kind === 'passkey') ||
    all.some(({ id, linked }) => linked && id !== without.id)
  )
}

interface ProviderItemProps {
  provider: OwnProvider
  pending: boolean
  onLink: () => void
  onUnlink: () => void
}

function ProviderItem({ provider, pending, onLink, onUnlink }: ProviderItemProps) {
  const { t } = useLingui()
  const { name, linked, account } = provider
  return (
    <li className={styles.device}>
      <div className={styles.about}>
        <p className={styles.agent}>{name}</p>
        <p className={styles.quiet}>
          {linked ? (account ? t`Linked, as ${account}` : t`Linked`) : t`Not linked`}
        </p>
      </div>
      <Button
        isPending={pending}
        aria-label={linked ? t`Unlink ${name}` : t`Link ${name}`}
        onPress={linked ? onUnlink : onLink}
      >
        {linked ? t`Unlink` : t`Link`}
      </Button>
    </li>
  )
}
