import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { answer, http } from '@/api/client'
import type { OwnUser, Registration } from '@/api/contract'
import { Button } from '@/design/Button'
import { TextField } from '@/design/TextField'
import styles from './AuthPage.module.css'
import { AccountForm, useAccountForm } from './account-form'
import { useAccountFieldText } from './account-problems'
import { PasswordStrength } from './PasswordStrength'

const nothing: Registration = { first_name: '', last_name: '', username: '', email: '', password: '' }

/** Who one is, and the password. */
export function SignUpForm({ onRegistered }: { onRegistered: (user: OwnUser) => void }) {
  const { i18n, t } = useLingui()
  const fieldText = useAccountFieldText()
  const [values, setValues] = useState(nothing)
  const form = useAccountForm(async () => {
    // The account speaks as the screen does, whatever the browser prefers.
    const headers = { 'Accept-Language': i18n.locale }
    const { user } = await answer(http.POST('/auth/register', { body: values, headers }))
    onRegistered(user)
  })

  function field(name: keyof Registration) {
    return {
      name,
      isRequired: true,
      value: values[name],
      onChange: (value: string) => setValues((known) => ({ ...known, [name]: value })),
      error: fieldText(form.problem?.fieldCode(name)),
    }
  }

  return (
    <AccountForm form={form}>
      <div className={styles.pair}>
        <TextField {...field('first_name')} label={t`First name`} autoComplete="given-name" maxLength={64} />
        <TextField {...field('last_name')} label={t`Last name`} autoComplete="family-name" maxLength={64} />
      </div>
      <TextField
        {...field('username')}
        label={t`Username`}
        autoComplete="nickname"
        description={t`2 to 32 letters, digits, dots, dashes or underscores. People find you by it.`}
        maxLength={32}
      />
      <TextField {...field('email')} label={t`E-mail`} type="email" autoComplete="username" maxLength={254} />
      <TextField
        {...field('password')}
        label={t`Password`}
        type="password"
        autoComplete="new-password"
        minLength={8}
        maxLength={256}
        description={<PasswordStrength password={values.password} />}
      />
      <Button type="submit" look="primary" wide isPending={form.pending}>
        {t`Create account`}
      </Button>
    </AccountForm>
  )
}
