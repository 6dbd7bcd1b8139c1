import { useLingui } from '@lingui/react/macro'
import type { ApiProblem } from '@/api/problem'
import { TextField } from '@/design/TextField'
import { useAccountFieldText } from '@/features/auth/account-problems'
import { useStore } from '@/state/store'

interface PasswordFieldProps {
  label?: string
  value: string
  onChange: (password: string) => void
  problem: ApiProblem | null
  autoFocus?: boolean
}

/** The password that one has, before something that only its owner may do. */
export function PasswordField({ label, value, onChange, problem, autoFocus = false }: PasswordFieldProps) {
  const { t } = useLingui()
  const fieldText = useAccountFieldText()
  const email = useStore((state) => state.me?.email)
  return (
    <>
      {/* Tells programs that keep passwords whose this is. */}
      <input type="email" autoComplete="username" value={email ?? ''} readOnly hidden />
      <TextField
        label={label ?? t`Your password`}
        name="current_password"
        type="password"
        autoComplete="current-password"
        isRequired
        value={value}
        onChange={onChange}
        error={fieldText(problem?.fieldCode('current_password'))}
        autoFocus={autoFocus}
      />
    </>
  )
}
