import { useLingui } from '@lingui/react/macro'
import type { ApiProblem } from '@/api/problem'
import { TextField } from '@/design/TextField'
import { useAccountFieldText } from './account-problems'
import { PasswordStrength } from './PasswordStrength'

interface NewPasswordFieldProps {
  value: string
  onChange: (password: string) => void
  problem: ApiProblem | null
  autoFocus?: boolean
}

/** A password in place of the one that was. */
export function NewPasswordField({ value, onChange, problem, autoFocus = false }: NewPasswordFieldProps) {
  const { t } = useLingui()
  const fieldText = useAccountFieldText()
  return (
    <TextField
      label={t`New password`}
      name="new_password"
      type="password"
      autoComplete="new-password"
      isRequired
      minLength={8}
      maxLength={256}
      description={<PasswordStrength password={value} />}
      value={value}
      onChange={onChange}
      error={fieldText(problem?.fieldCode('new_password'))}
      autoFocus={autoFocus}
    />
  )
}
