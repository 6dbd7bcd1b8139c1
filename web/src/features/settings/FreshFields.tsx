import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import type { ApiProblem } from '@/api/problem'
import { useAccountFieldText } from '@/features/auth/account-problems'
import { CodeField, OtherKind } from '@/features/auth/CodeField'
import type { CodeKind } from '@/features/auth/codes'
import { PasswordField } from './PasswordField'
import styles from './Security.module.css'

/** What proves once more who one is. */
export interface Proof {
  current_password: string
  /** Asked only where there is a second factor. */
  code: string
}

export const noProof: Proof = { current_password: '', code: '' }

/** What the server is told of it: a code only where one was asked. */
export function bodyOf({ current_password, code }: Proof, withCode: boolean) {
  return withCode ? { current_password, code } : { current_password }
}

interface FreshFieldsProps {
  label?: string
  /** Whether recovery codes are of no use. */
  onlyDigits?: boolean
  value: Proof
  onChange: (proof: Proof) => void
  problem: ApiProblem | null
  withCode: boolean
  autoFocus?: boolean
}

/** Password and, with a second factor, a code: before something that only the owner of the account may do. */
export function FreshFields({
  label,
  onlyDigits = false,
  value,
  onChange,
  problem,
  withCode,
  autoFocus = false,
}: FreshFieldsProps) {
  const { t } = useLingui()
  const fieldText = useAccountFieldText()
  const [kind, setKind] = useState<CodeKind>('totp')
  return (
    <>
      <PasswordField
        label={label ?? t`Your password`}
        value={value.current_password}
        onChange={(current_password) => onChange({ ...value, current_password })}
        problem={problem}
        autoFocus={autoFocus}
      />
      {withCode && (
        <div className={styles.codeWithOther}>
          <CodeField
            kind={kind}
            value={value.code}
            onChange={(code) => onChange({ ...value, code })}
            error={fieldText(problem?.fieldCode('code'))}
          />
          {!onlyDigits && (
            <OtherKind
              kind={kind}
              onChange={(chosen) => {
                setKind(chosen)
                onChange({ ...value, code: '' })
              }}
            />
          )}
        </div>
      )}
    </>
  )
}
