import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { answer, http } from '@/api/client'
import type { OwnUser } from '@/api/contract'
import type { ApiProblem } from '@/api/problem'
import { Button } from '@/design/Button'
import { TextField } from '@/design/TextField'
import styles from './AuthPage.module.css'
import { AccountForm, useAccountForm } from './account-form'
import { accountProblem } from './account-problems'
import { SecondFactorForm } from './SecondFactorForm'

interface LinkFormProps {
  /** What the other page says it is. */
  email: string
  onLinked: (user: OwnUser) => void
  /** It was made in another tab, or took too long. */
  onOver: (problem: ApiProblem) => void
  onBack: () => void
}

/** An account that somebody has here already is linked when they show that it is theirs (A7). */
export function LinkForm({ email: known, onLinked, onOver, onBack }: LinkFormProps) {
  const { t } = useLingui()
  const [email, setEmail] = useState(known)
  const [password, setPassword] = useState('')
  const [step, setStep] = useState<'password' | 'code'>('password')
  const form = useAccountForm(() =>
    link().catch((refusal: ApiProblem) => {
      if (refusal.code !== 'second_factor_required') throw refusal
      setStep('code')
    }),
  )

  async function link(code?: string): Promise<void> {
    const body = { email: email.trim(), password, ...(code ? { code } : {}) }
    try {
      const { user } = await answer(http.POST('/auth/link', { body }))
      onLinked(user)
    } catch (error) {
      const refusal = accountProblem(error)
      if (refusal.code === 'sign_in_not_begun' || refusal.code === 'completed_already') return onOver(refusal)
      throw refusal
    }
  }

  if (step === 'code') {
    return <SecondFactorForm submit={t`Link this account`} onCode={link} onBack={onBack} />
  }
  return (
    <AccountForm form={form}>
      <p className={styles.hint}>
        {t`Give the password that you had here before. From then on you sign in to your account the way you have just come.`}
      </p>
      <TextField
        label={t`E-mail`}
        name="email"
        type="email"
        autoComplete="username"
        isRequired
        value={email}
        onChange={setEmail}
      />
      <TextField
        label={t`Password`}
        name="password"
        type="password"
        autoComplete="current-password"
        isRequired
        value={password}
        onChange={setPassword}
        autoFocus
      />
      <Button type="submit" look="primary" wide isPending={form.pending}>
        {t`Link this account`}
      </Button>
      <Button look="quiet" wide onPress={onBack}>
        {t`Back`}
      </Button>
    </AccountForm>
  )
}
