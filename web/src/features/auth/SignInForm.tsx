import { useLingui } from '@lingui/react/macro'
import { asProblem } from '@/api/problem'
import { linkTo, navigate } from '@/app/router'
import { Button } from '@/design/Button'
import { TextField } from '@/design/TextField'
import styles from './AuthPage.module.css'
import { AccountForm, useAccountForm } from './account-form'
import { useAccountFieldText } from './account-problems'
import { type Credentials, signIn } from './sign-in'
import { rememberTypedEmail } from './typed-email'
import { setWayBack, wayBack } from './ways-in'

interface SignInFormProps {
  credentials: Credentials
  onChange: (credentials: Credentials) => void
  /** The password is right, and not enough. */
  onCodeWanted: () => void
}

/** E-mail and password (A2). */
export function SignInForm({ credentials, onChange, onCodeWanted }: SignInFormProps) {
  const { t } = useLingui()
  const fieldText = useAccountFieldText()
  const form = useAccountForm(async () => {
    try {
      await signIn(credentials)
    } catch (error) {
      const refusal = asProblem(error)
      if (refusal.code === 'second_factor_required') return onCodeWanted()
      if (refusal.code === 'newcomer') return goOnAsNewcomer()
      throw refusal
    }
  })

  return (
    <AccountForm form={form}>
      <TextField
        label={t`E-mail`}
        name="email"
        type="email"
        autoComplete="username webauthn"
        isRequired
        value={credentials.email}
        onChange={(email) => {
          onChange({ ...credentials, email })
          rememberTypedEmail(email)
        }}
        error={fieldText(form.problem?.fieldCode('email'))}
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
          error={fieldText(form.problem?.fieldCode('password'))}
        />
        <a {...linkTo({ name: 'forgot-password' })} className={styles.forgotten}>
          {t`Forgotten your password?`}
        </a>
      </div>
      <Button type="submit" look="primary" wide isPending={form.pending}>
        {t`Sign in`}
      </Button>
    </AccountForm>
  )
}

/** Whom the identity manager knows and Beep does not says first who they want to be, and then goes on where they wanted to. */
export function goOnAsNewcomer(): void {
  const path = wayBack()
  navigate({ name: 'auth/complete' }, { replace: true })
  setWayBack(path)
}
