import { useLingui } from '@lingui/react/macro'
import { Button } from '@/design/Button'
import { TextField } from '@/design/TextField'
import { type CodeKind, digitsOf, isWhole } from './codes'

interface CodeFieldProps {
  kind: CodeKind
  value: string
  onChange: (code: string) => void
  /** The code of an app has all its digits. */
  onWhole?: (code: string) => void
  error?: string | undefined
  autoFocus?: boolean
}

/** The code of an app, or a recovery code. */
export function CodeField({ kind, value, onChange, onWhole, error, autoFocus = false }: CodeFieldProps) {
  const { t } = useLingui()
  if (kind === 'recovery') {
    return (
      <TextField
        key="recovery"
        label={t`Recovery code`}
        description={t`One of those you kept. Each works once.`}
        name="code"
        autoComplete="off"
        autoCorrect="off"
        spellCheck="false"
        maxLength={32}
        isRequired
        value={value}
        onChange={onChange}
        error={error}
        autoFocus={autoFocus}
      />
    )
  }
  return (
    <TextField
      key="totp"
      label={t`Code`}
      description={t`The six digits that your app shows now.`}
      name="code"
      autoComplete="one-time-code"
      inputMode="numeric"
      maxLength={12}
      isRequired
      value={value}
      onChange={(typed) => {
        const digits = digitsOf(typed)
        onChange(digits)
        if (isWhole(digits) && digits !== value) onWhole?.(digits)
      }}
      error={error}
      autoFocus={autoFocus}
    />
  )
}

interface OtherKindProps {
  kind: CodeKind
  onChange: (kind: CodeKind) => void
}

/** Changes between the code of an app and a recovery code. */
export function OtherKind({ kind, onChange }: OtherKindProps) {
  const { t } = useLingui()
  return (
    <Button look="quiet" onPress={() => onChange(kind === 'totp' ? 'recovery' : 'totp')}>
      {kind === 'totp' ? t`Use a recovery code instead` : t`Use the code of my app instead`}
    </Button>
  )
}
