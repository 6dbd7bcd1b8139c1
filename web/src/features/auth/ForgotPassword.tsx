import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { answer, http } from '@/api/client'
import { asProblem } from '@/api/problem'
import { linkTo } from '@/app/router'
import { useTitle } from '@/app/title'
import { Button } from '@/design/Button'
import { TextField } from '@/design/TextField'
import { useFieldText } from '@/i18n/problems'
import { AuthPage } from './AuthPage'
import styles from './AuthPage.module.css'
import { AccountForm, useAccountForm } from './account-form'
import { useMail } from './instance'
import { Said } from './Said'
import { rememberTypedEmail, typedEmail } from './typed-email'

/** Asks for a link to set a new password. Whether there is such an account is told in the mail alone. */
export function ForgotPassword() {
  const { t } = useLingui()
  const mail = useMail()
  const [sentTo, setSentTo] = useState<string | null>(null)
  const [refused, setRefused] = useState(false)

  useTitle(t`Forgotten password`)

  const foot = <a {...linkTo({ name: 'sign-in' })}>{t`Back to signing in`}</a>
  if (mail === false || refused) {
    return (
      <AuthPage title={t`Forgotten your password?`} foot={foot}>
        <Said>
          <p>{t`This Beep cannot send mail. Ask whoever runs it: an administrator can give you a link with which you set a new password.`}</p>
        </Said>
      </AuthPage>
    )
  }
  if (sentTo !== null) {
    return (
      <AuthPage title={t`Look into your mail`} foot={foot}>
        <Said>
          <p>{t`If there is an account with ${sentTo}, a link to set a new password is on its way there. It works for one hour, and once.`}</p>
          <p className={styles.hint}>{t`Nothing has come? Look among unwanted mail, or try again later.`}</p>
        </Said>
      </AuthPage>
    )
  }
  return (
    <AuthPage title={t`Forgotten your password?`} lead={t`We send you a link to set a new one.`} foot={foot}>
      <AskForm onSent={setSentTo} onNoMail={() => setRefused(true)} />
    </AuthPage>
  )
}

interface AskFormProps {
  onSent: (email: string) => void
  onNoMail: () => void
}

function AskForm({ onSent, onNoMail }: AskFormProps) {
  const { t } = useLingui()
  const fieldText = useFieldText()
  const [email, setEmail] = useState(typedEmail)
  const form = useAccountForm(async () => {
    const asked = email.trim()
    try {
      await answer(http.POST('/auth/password/forgot', { body: { email: asked } }))
      onSent(asked)
    } catch (error) {
      const refusal = asProblem(error)
      if (refusal.code === 'mail_not_configured') return onNoMail()
      throw refusal
    }
  })

  return (
    <AccountForm form={form}>
      <TextField
        label={t`E-mail`}
        name="email"
        type="email"
        autoComplete="username"
        isRequired
        value={email}
        onChange={(typed) => {
          setEmail(typed)
          rememberTypedEmail(typed)
        }}
        error={fieldText(form.problem?.fieldCode('email'))}
        autoFocus
      />
      <Button type="submit" look="primary" wide isPending={form.pending}>
        {t`Send the link`}
      </Button>
    </AccountForm>
  )
}
