import { Plural, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { useShallow } from 'zustand/react/shallow'
import { answer, http } from '@/api/client'
import type { Id, Security } from '@/api/contract'
import type { ApiProblem } from '@/api/problem'
import { linkTo, navigate, type Route } from '@/app/router'
import { endSession } from '@/app/session'
import { FormDialog } from '@/design/FormDialog'
import { accountProblem } from '@/features/auth/account-problems'
import { sayFarewell } from '@/features/auth/farewell'
import { useGraceDays } from '@/features/auth/instance'
import { noteErasure } from '@/features/auth/remembered-accounts'
import { useStore } from '@/state/store'
import { signsInAgain, useManagedProblemText } from './elsewhere'
import { FreshFields, noProof } from './FreshFields'
import { type OwnedServer, selectOwned, toHandOver } from './handing-over'
import styles from './SettingsScreen.module.css'

interface DeleteAccountDialogProps {
  security: Security
  /** Where one shows at another page first who one is: the way there. */
  onSignInAgain: (() => void) | null
  onClose: () => void
}

/** Says what goes and what stays, and begins the deletion for whoever shows that the account is theirs. */
export function DeleteAccountDialog({ security, onSignInAgain, onClose }: DeleteAccountDialogProps) {
  const { t } = useLingui()
  const problemText = useDeletionProblemText()
  const owned = useStore(useShallow(selectOwned))
  const me = useStore((state) => state.me?.id)
  const again = signsInAgain(security)
  const withCode = security.second_factor.totp && !again
  const [proof, setProof] = useState(noProof)

  async function begin() {
    if (onSignInAgain) return onSignInAgain()
    const { current_password, code } = proof
    const body = again ? {} : { current_password, ...(withCode ? { code } : {}) }
    try {
      const { erased_at } = await answer(http.POST('/users/@me/deletion', { body }))
      sayFarewell(erased_at)
      if (me) noteErasure(me, erased_at)
    } catch (error) {
      throw accountProblem(error)
    }
    // All my sign-ins have ended, this one, too.
    await endSession()
  }

  return (
    <FormDialog
      title={t`Delete your account?`}
      submit={onSignInAgain ? t`Sign in again to go on` : t`Delete account`}
      danger
      isDisabled={owned.length > 0}
      onSubmit={begin}
      onClose={onClose}
      problemText={problemText}
    >
      {(problem) => {
        const servers = toHandOver(owned, problem)
        return (
          <>
            <WhatHappens security={security} />
            {servers.length > 0 && <HandOver servers={servers} onLeave={onClose} />}
            {!again && owned.length === 0 && (
              <FreshFields
                value={proof}
                onChange={setProof}
                problem={problem}
                withCode={withCode}
                onlyDigits={security.kept_by !== 'beep'}
              />
            )}
          </>
        )
      }}
    </FormDialog>
  )
}

function useDeletionProblemText(): (problem: ApiProblem) => string {
  const { t } = useLingui()
  const usual = useManagedProblemText()
  return (problem) => {
    if (problem.code === 'owns_servers') return t`There are servers that you still own.`
    return usual(problem)
  }
}

function WhatHappens({ security }: { security: Security }) {
  const { t } = useLingui()
  const days = useGraceDays()
  return (
    <dl className={styles.consequences}>
      <dt>{t`At once`}</dt>
      <dd>{t`You are signed out everywhere.`}</dd>
      {days > 0 && (
        <>
          <dt>
            <Plural value={days} one="For # day" other="For # days" />
          </dt>
          <dd>{t`You can change your mind: sign in again, and keep your account.`}</dd>
        </>
      )}
      <dt>{days > 0 ? t`What goes then, for good` : t`What goes, for good`}</dt>
      <dd>
        {t`Your names, your e-mail, your picture, what you wrote about yourself, your settings and how you sign in. You leave all your servers.`}
      </dd>
      <dt>{t`What stays`}</dt>
      <dd>
        {t`Your messages and their files, by “Deleted user”. Delete those first that must not stay, and ask for a copy of your data if you want one.`}
        {security.kept_by === 'directory' && (
          <> {t`Your account at your school or company stays, too: Beep alone forgets you.`}</>
        )}
      </dd>
    </dl>
  )
}

interface HandOverProps {
  servers: OwnedServer[]
  /** One goes to the settings of a server. */
  onLeave: () => void
}

/** The servers that need another owner first, and the way to give them one. */
function HandOver({ servers, onLeave }: HandOverProps) {
  const { t } = useLingui()
  return (
    <div className={styles.handOver}>
      <p>{t`You own these servers. First give each to somebody else, or delete it:`}</p>
      <ul>
        {servers.map(({ id, name }) => (
          <li key={id ?? name}>
            {id === null ? name : <SettingsLink id={id} name={name} onLeave={onLeave} />}
          </li>
        ))}
      </ul>
    </div>
  )
}

function SettingsLink({ id, name, onLeave }: { id: Id; name: string; onLeave: () => void }) {
  const route: Route = { name: 'server-settings', serverId: id, section: 'danger' }
  const { href } = linkTo(route)
  return (
    <a
      href={href}
      onClick={(event) => {
        event.preventDefault()
        // The dialog has to be gone before other settings come, or what lies beneath stays out of reach for good.
        onLeave()
        setTimeout(() => navigate(route))
      }}
    >
      {name}
    </a>
  )
}
