import { useLingui } from '@lingui/react/macro'
import { type FormEvent, useRef, useState } from 'react'
import { answer, http } from '@/api/client'
import { type ApiProblem, asProblem } from '@/api/problem'
import { linkTo } from '@/app/router'
import { beginSession } from '@/app/session'
import { useTitle } from '@/app/title'
import { Button } from '@/design/Button'
import { useFocusInvalid } from '@/design/focus-invalid'
import { TextField } from '@/design/TextField'
import { AccountList } from './AccountList'
import { AuthPage } from './AuthPage'
import styles from './AuthPage.module.css'
import { useAccountFieldText, useAccountProblemText } from './account-problems'
import { forgetAccount, rememberAccount, rememberedAccounts } from './remembered-accounts'
import { SecondFactorForm } from './SecondFactorForm'
import { rememberTypedEmail, typedEmail } from './typed-email'

interface Credentials {
  email: string
  password: string
}

async function signIn({ email, password }: Credentials, code?: string): Promise<void> {
  const body = { email: email.trim(), password, ...(code ? { code } : {}) }
  const { user } = await answer(http.POST('/auth/login', { body }))
  rememberAccount(user)
  beginSession(user)
}

/** Signing in with e-mail and password (A2), and a code where it is asked (A3), or as another of the accounts used here (A4). */
export default function SignInScreen() {
  const { t } = useLingui()
  const [accounts, setAccounts] = useState(rememberedAccounts)
  const [credentials, setCredentials] = useState<Credentials>({ email: typedEmail(), password: '' })
  const [step, setStep] = useState<'password' | 'code'>('password')
  const form = useRef<HTMLFormElement>(null)

  useTitle(t`Sign in`)

  if (step === 'code') {
    return (
      <AuthPage title={t`One more step`} lead={t`Your account is protected by a second factor.`}>
        <SecondFactorForm
          submit={t`Sign in`}
          onCode={(code) => signIn(credentials, code)}
          onBack={() => setStep('password')}
        />
      </AuthPage>
    )
  }
  return (
    <AuthPage
      title={t`Welcome back`}
      lead={t`Sign in to go on talking.`}
      foot={
        <>
          {t`New here?`} <a {...linkTo({ name: 'sign-up' })}>{t`Create an account`}</a>
        </>
      }
    >
      {accounts.length > 0 && (
        <AccountList
          accounts={accounts}
          onChoose={(account) => {
            setCredentials({ email: account.email, password: '' })
            form.current?.querySelector<HTMLInputElement>('input[name="password"]')?.focus()
          }}
          onForget={(account) => {
            forgetAccount(account.id)
            setAccounts(rememberedAccounts())
          }}
        />
      )}
      <SignInForm
        formRef={form}
        credentials={credentials}
        onChange={setCredentials}
        onCodeWanted={() => setStep('code')}
      />
    </AuthPage>
  )
}

interface SignInFormProps {
  formRef: { current: HTMLFormElement | null }
  credentials: Credentials
  onChange: (credentials: Credentials) => void
  /** The password is right, and not enough. */
  onCodeWanted: () => void
}

function SignInForm({ formRef, credentials, onChange, onCodeWanted }: SignInFormProps) {
  const { t } = useLingui()
  const problemText = useAccountProblemText()
  const fieldText = useAccountFieldText()
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const [pending, setPending] = useState(false)
  useFocusInvalid(formRef, problem)

  async function submit(event: FormEvent) {
    event.preventDefault()
    if (pending) return
    setPending(true)
    setProblem(null)
    try {
      await signIn(credentials)
    } catch (error) {
      const refusal = asProblem(error)
      if (refusal.code === 'second_factor_required') return onCodeWanted()
      setProblem(refusal)
      setPending(false)
    }
  }

  return (
    <form ref={formRef} className={styles.form} onSubmit={submit}>
      <div role="alert">{problem && <p className={styles.problem}>{problemText(problem)}</p>}</div>
      <TextField
        label={t`E-mail`}
        name="email"
        type="email"
        autoComplete="username"
        isRequired
        value={credentials.email}
        onChange={(email) => {
          onChange({ ...credentials, email })
          rememberTypedEmail(email)
        }}
        error={fieldText(problem?.fieldCode('email'))}
      />
      <div className={styles.secret}>
        <TextField
          label={t`Password`}
          name="password"
          type="password"
          autoComplete="current-password"
          isRequired
          value={credentials.password}
          onChange={(password) => onChange({ ...credentials, password })}
          error={fieldText(problem?.fieldCode('password'))}
        />
        <a {...linkTo({ name: 'forgot-password' })} className={styles.forgotten}>
          {t`Forgotten your password?`}
        </a>
      </div>
      <Button type="submit" look="primary" wide isPending={pending}>
        {t`Sign in`}
      </Button>
    </form>
  )
}
