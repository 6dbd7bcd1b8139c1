import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { answer, http } from '@/api/client'
import type { Security } from '@/api/contract'
import { FormDialog } from '@/design/FormDialog'
import { TextField } from '@/design/TextField'
import { accountProblem, useAccountFieldText } from '@/features/auth/account-problems'
import { signsInAgain, useManagedProblemText } from './elsewhere'
import { FreshFields, noProof } from './FreshFields'
import { useSecurityRefresh } from './security'

interface ChangeEmailDialogProps {
  security: Security
  onClose: () => void
}

/** Asks for another e-mail, and for what proves who one is. */
export function ChangeEmailDialog({ security, onClose }: ChangeEmailDialogProps) {
  const { t } = useLingui()
  const problemText = useManagedProblemText()
  const again = signsInAgain(security)
  const withCode = security.second_factor.totp && !again
  const fieldText = useAccountFieldText()
  const refresh = useSecurityRefresh()
  const [email, setEmail] = useState('')
  const [proof, setProof] = useState(noProof)

  async function ask() {
    const { current_password, code } = proof
    const body = { email: email.trim(), current_password, ...(withCode ? { code } : {}) }
    try {
      await answer(http.POST('/users/@me/email', { body }))
    } catch (error) {
      throw accountProblem(error)
    }
    refresh()
  }

  return (
    <FormDialog
      title={t`Change e-mail`}
      submit={t`Send the link`}
      onSubmit={ask}
      onClose={onClose}
      problemText={problemText}
    >
      {(problem) => (
        <>
          <p>{t`We send a link to the new e-mail. Until you open it, nothing changes.`}</p>
          <TextField
            label={t`New e-mail`}
            name="email"
            type="email"
            autoComplete="email"
            maxLength={254}
            isRequired
            value={email}
            onChange={setEmail}
            error={fieldText(problem?.fieldCode('email'))}
            autoFocus
          />
          {!again && (
            <FreshFields
              value={proof}
              onChange={setProof}
              problem={problem}
              withCode={withCode}
              onlyDigits={security.kept_by !== 'beep'}
            />
          )}
        </>
      )}
    </FormDialog>
  )
}
