import { useLingui } from '@lingui/react/macro'
import { useEffect, useState } from 'react'
import { ApiProblem } from '@/api/problem'
import { linkTo } from '@/app/router'
import { useTitle } from '@/app/title'
import { useTimes } from '@/i18n/times'
import { useStore } from '@/state/store'
import { AccountList } from './AccountList'
import { AuthPage } from './AuthPage'
import styles from './AuthPage.module.css'
import { accountProblem, useAccountProblemText } from './account-problems'
import { useFarewell } from './farewell'
import { OtherWays } from './OtherWays'
import { PasskeyButton, PasskeyWay } from './PasskeyWay'
import { canUsePasskeys } from './passkeys'
import { forgetAccount, noteErasure, rememberedAccounts } from './remembered-accounts'
import { Said } from './Said'
import { SecondFactorForm } from './SecondFactorForm'
import { goOnAsNewcomer, SignInForm } from './SignInForm'
import { type Credentials, signIn } from './sign-in'
import { typedEmail } from './typed-email'
import { setWayBack, useWaysIn } from './ways-in'

/** With which refusals one comes back from another page. */
const refusals = [
  'sign_in_given_up',
  'sign_in_not_begun',
  'provider_not_found',
  'not_signed_in',
  'account_disabled',
  'identity_unavailable',
]

/**
 * Signing in with e-mail and password (A2), and a code where it is asked (A3), as another of the accounts used here (A4), by a
 * passkey, or by another page (A6, A7).
 */
export default function SignInScreen() {
  const { t } = useLingui()
  const ways = useWaysIn()
  const [accounts, setAccounts] = useState(knownAccounts)
  const [credentials, setCredentials] = useState<Credentials>({ email: typedEmail(), password: '' })
  const [step, setStep] = useState<'password' | 'code'>('password')

  const passkeys = ways?.passkeys === true && canUsePasskeys()

  useTitle(t`Sign in`)

  async function withCode(code: string) {
    try {
      await signIn(credentials, code)
    } catch (error) {
      if (accountProblem(error).code !== 'newcomer') throw error
      goOnAsNewcomer()
    }
  }

  if (step === 'code') {
    return (
      <AuthPage title={t`One more step`} lead={t`Your account is protected by a second factor.`}>
        <SecondFactorForm
          submit={t`Sign in`}
          onCode={withCode}
          onBack={() => setStep('password')}
          otherWay={passkeys && <PasskeyButton look="quiet">{t`Use a passkey instead`}</PasskeyButton>}
        />
      </AuthPage>
    )
  }
  return (
    <AuthPage
      title={t`Welcome back`}
      lead={t`Sign in to go on talking.`}
      foot={
        ways?.registration && (
          <>
            {t`New here?`} <a {...linkTo({ name: 'sign-up' })}>{t`Create an account`}</a>
          </>
        )
      }
    >
      <CameBack />
      <Farewell />
      {ways?.password && accounts.length > 0 && (
        <AccountList
          accounts={accounts}
          onChoose={(account) => {
            setCredentials({ email: account.email, password: '' })
            document.querySelector<HTMLInputElement>('input[name="password"]')?.focus()
          }}
          onForget={(account) => {
            forgetAccount(account.id)
            setAccounts(rememberedAccounts())
          }}
        />
      )}
      {ways?.password && (
        <SignInForm
          credentials={credentials}
          onChange={setCredentials}
          onCodeWanted={() => setStep('code')}
        />
      )}
      {passkeys && <PasskeyWay />}
      {ways && <OtherWays ways={ways} besideForm={ways.password} />}
    </AuthPage>
  )
}

/** The accounts used on this device; an account whose deletion ended the session here has its end noted. */
function knownAccounts() {
  const { left } = useStore.getState()
  if (left?.deletion_at) noteErasure(left.id, left.deletion_at)
  return rememberedAccounts()
}

/** Nobody changes their mind in less. */
const aMomentMs = 60_000

/** Until when an account can be kept that was deleted a moment ago. */
function Farewell() {
  const { t } = useLingui()
  const times = useTimes()
  const until = useFarewell((state) => state.until)
  if (until === null) return null
  const atOnce = Date.parse(until) <= Date.now() + aMomentMs
  return (
    <Said>
      <p className={styles.known}>
        {atOnce
          ? t`Your account is being erased.`
          : t`Your account will be erased on ${times.full(until)}. Sign in before then if you want to keep it.`}
      </p>
    </Said>
  )
}

/** Why somebody came back from another page without being signed in. It is said once: after a reload it is history. */
function CameBack() {
  const problemText = useAccountProblemText()
  const [code, setCode] = useState<string | null>(null)

  // Read when the page is there already, so that a screen reader hears it come.
  useEffect(() => {
    const error = new URLSearchParams(location.search).get('error')
    if (error === null) return
    setWayBack()
    setCode(refusals.find((known) => known === error) ?? 'sign_in_given_up')
  }, [])

  return (
    <div role="alert" className={styles.cameBack}>
      {code && (
        <p className={styles.problem}>{problemText(new ApiProblem({ title: code, status: 0, code }))}</p>
      )}
    </div>
  )
}
