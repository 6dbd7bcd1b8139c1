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
import { useFieldText, useProblemText } from '@/i18n/problems'
import { AccountList } from './AccountList'
import { AuthPage } from './AuthPage'
import styles from './AuthPage.module.css'
import { forgetAccount, rememberAccount, rememberedAccounts } from './remembered-accounts'

/** Signing in with e-mail and password (A2), or as another of the accounts used here (A4). */
export default function SignInScreen() {
  const { t } = useLingui()
  const [accounts, setAccounts] = useState(rememberedAccounts)
  const [email, setEmail] = useState('')
  const form = useRef<HTMLFormElement>(null)

  useTitle(t`Sign in`)

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
            setEmail(account.email)
            form.current?.querySelector<HTMLInputElement>('input[name="password"]')?.focus()
          }}
          onForget={(account) => {
            forgetAccount(account.id)
            setAccounts(rememberedAccounts())
          }}
        />
      )}
      <SignInForm formRef={form} email={email} onEmail={setEmail} />
    </AuthPage>
  )
}

interface SignInFormProps {
  formRef: { current: HTMLFormElement | null }
  email: string
  onEmail: (email: string) => void
}

function SignInForm({ formRef, email, onEmail }: SignInFormProps) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const fieldText = useFieldText()
  const [password, setPassword] = useState('')
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const [pending, setPending] = useState(false)
  useFocusInvalid(formRef, problem)

  async function submit(event: FormEvent) {
    event.preventDefault()
    if (pending) return
    setPending(true)
    setProblem(null)
    try {
      const { user } = await answer(http.POST('/auth/login', { body: { email: email.trim(), password } }))
      rememberAccount(user)
      beginSession(user)
    } catch (error) {
      setProblem(asProblem(error))
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
        value={email}
        onChange={onEmail}
        error={fieldText(problem?.fieldCode('email'))}
      />
      <TextField
        label={t`Password`}
        name="password"
        type="password"
        autoComplete="current-password"
        isRequired
        value={password}
        onChange={setPassword}
        error={fieldText(problem?.fieldCode('password'))}
      />
      <Button type="submit" look="primary" wide isPending={pending}>
        {t`Sign in`}
      </Button>
    </form>
  )
}
