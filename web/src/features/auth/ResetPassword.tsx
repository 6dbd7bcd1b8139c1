import { useLingui } from '@lingui/react/macro'
import { type FormEvent, useRef, useState } from 'react'
import { answer, http } from '@/api/client'
import { type ApiProblem, asProblem } from '@/api/problem'
import { navigate } from '@/app/router'
import { endSession } from '@/app/session'
import { useTitle } from '@/app/title'
import { Button } from '@/design/Button'
import { useFocusInvalid } from '@/design/focus-invalid'
import { useStore } from '@/state/store'
import { AuthPage } from './AuthPage'
import styles from './AuthPage.module.css'
import { useAccountProblemText } from './account-problems'
import { NewPasswordField } from './NewPasswordField'
import { Said } from './Said'
import { SecondFactorForm } from './SecondFactorForm'

type Step = 'password' | 'code' | 'done' | 'expired'

/** Where the link for a forgotten password leads to: a new password, with a code where the account has a second factor. */
export function ResetPassword({ token }: { token: string | null }) {
  const { t } = useLingui()
  const [step, setStep] = useState<Step>(token ? 'password' : 'expired')
  const [password, setPassword] = useState('')
  const [refusal, setRefusal] = useState<ApiProblem | null>(null)

  useTitle(t`New password`)

  /** Throws what the step now can say something about. */
  async function reset(code?: string) {
    const body = { token: token ?? '', new_password: password, ...(code ? { code } : {}) }
    try {
      await answer(http.POST('/auth/password/reset', { body }))
      setStep('done')
    } catch (error) {
      const problem = asProblem(error)
      if (problem.code === 'link_expired') return setStep('expired')
      if (problem.code === 'second_factor_required') return setStep('code')
      if (step !== 'code' || !problem.fieldCode('new_password')) throw problem
      // The password is looked at after the code.
      setRefusal(problem)
      setStep('password')
    }
  }

  if (step === 'done') return <Done />
  if (step === 'expired') return <Expired />
  if (step === 'code') {
    return (
      <AuthPage title={t`One more step`} lead={t`Your account is protected by a second factor.`}>
        <SecondFactorForm
          submit={t`Set the new password`}
          onCode={reset}
          onBack={() => setStep('password')}
        />
      </AuthPage>
    )
  }
  return (
    <AuthPage title={t`A new password`} lead={t`Afterwards you are signed out everywhere.`}>
      <PasswordForm password={password} onChange={setPassword} refusal={refusal} onSubmit={() => reset()} />
    </AuthPage>
  )
}

interface PasswordFormProps {
  password: string
  onChange: (password: string) => void
  /** What was wrong with it in a later step. */
  refusal: ApiProblem | null
  onSubmit: () => Promise<void>
}

function PasswordForm({ password, onChange, refusal, onSubmit }: PasswordFormProps) {
  const { t } = useLingui()
  const problemText = useAccountProblemText()
  const [problem, setProblem] = useState(refusal)
  const [pending, setPending] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  useFocusInvalid(form, problem)

  async function submit(event: FormEvent) {
    event.preventDefault()
    if (pending) return
    setPending(true)
    setProblem(null)
    try {
      await onSubmit()
    } catch (error) {
      setProblem(asProblem(error))
      setPending(false)
    }
  }

  return (
    <form ref={form} className={styles.form} onSubmit={submit}>
      <div role="alert">{problem && <p className={styles.problem}>{problemText(problem)}</p>}</div>
      <NewPasswordField value={password} onChange={onChange} problem={problem} autoFocus />
      <Button type="submit" look="primary" wide isPending={pending}>
        {t`Set the new password`}
      </Button>
    </form>
  )
}

function Done() {
  const { t } = useLingui()
  const signedIn = useStore((state) => state.signedIn)
  return (
    <AuthPage title={t`Your password is changed`}>
      <Said>
        <p>{t`You are signed out everywhere. Sign in with your new password.`}</p>
      </Said>
      <Button
        look="primary"
        wide
        // The session of this browser has ended at the server, which it may not have heard of yet.
        onPress={() => (signedIn === 'yes' ? void endSession() : navigate({ name: 'sign-in' }))}
      >
        {t`Sign in`}
      </Button>
    </AuthPage>
  )
}

function Expired() {
  const { t } = useLingui()
  return (
    <AuthPage title={t`This link is not valid any more`}>
      <Said>
        <p>{t`Links work once and for one hour, and only as long as the password and the e-mail stay as they were. Ask for another one.`}</p>
      </Said>
      <Button look="primary" wide onPress={() => navigate({ name: 'forgot-password' })}>
        {t`Ask for another link`}
      </Button>
      <Button look="quiet" wide onPress={() => navigate({ name: 'home' })}>
        {t`Go to Beep`}
      </Button>
    </AuthPage>
  )
}
