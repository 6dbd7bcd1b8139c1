import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { answer, http } from '@/api/client'
import type { Security } from '@/api/contract'
import { Checkbox } from '@/design/Checkbox'
import { FormDialog } from '@/design/FormDialog'
import { toast } from '@/design/toasts'
import { accountProblem } from '@/features/auth/account-problems'
import { NewPasswordField } from '@/features/auth/NewPasswordField'
import { signsInAgain, useManagedProblemText } from './elsewhere'
import { FreshFields, noProof } from './FreshFields'

/** Another password (U4), and the other devices signed out with it. */
export function ChangePasswordDialog({ security, onClose }: { security: Security; onClose: () => void }) {
  const { t } = useLingui()
  const problemText = useManagedProblemText()
  const again = signsInAgain(security)
  // With an identity manager, its codes are asked for here, too.
  const withCode = security.kept_by !== 'beep' && security.second_factor.totp && !again
  const [proof, setProof] = useState(noProof)
  const [wanted, setWanted] = useState('')
  const [endOthers, setEndOthers] = useState(true)

  async function change() {
    const { current_password, code } = proof
    const body = {
      current_password,
      new_password: wanted,
      end_other_sessions: endOthers,
      ...(withCode ? { code } : {}),
    }
    try {
      await answer(http.PUT('/users/@me/password', { body }))
    } catch (error) {
      throw accountProblem(error)
    }
    toast(t`Your password is changed.`)
  }

  return (
    <FormDialog
      title={security.password ? t`Change password` : t`Set a password`}
      submit={security.password ? t`Change` : t`Set`}
      onSubmit={change}
      onClose={onClose}
      problemText={problemText}
    >
      {(problem) => (
        <>
          {!again && (
            <FreshFields
              label={t`Current password`}
              value={proof}
              onChange={setProof}
              problem={problem}
              withCode={withCode}
              onlyDigits={withCode}
              autoFocus
            />
          )}
          <NewPasswordField value={wanted} onChange={setWanted} problem={problem} />
          <Checkbox
            label={t`Sign out my other devices`}
            description={t`Wherever else you are signed in, the new password is asked.`}
            isSelected={endOthers}
            onChange={setEndOthers}
          />
        </>
      )}
    </FormDialog>
  )
}
