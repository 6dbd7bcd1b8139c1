import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { answer, http } from '@/api/client'
import { FormDialog } from '@/design/FormDialog'
import { TextField } from '@/design/TextField'
import { accountProblem, useAccountFieldText, useAccountProblemText } from '@/features/auth/account-problems'
import { FreshFields, noProof } from './FreshFields'
import { useSecurityRefresh } from './security'

interface ChangeEmailDialogProps {
  withCode: boolean
  onClose: () => void
}

/** Asks for another e-mail, and for what proves who one is. */
export function ChangeEmailDialog({ withCode, onClose }: ChangeEmailDialogProps) {
  const { t } = useLingui()
  const problemText = useAccountProblemText()
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
          <FreshFields value={proof} onChange={setProof} problem={problem} withCode={withCode} />
        </>
      )}
    </FormDialog>
  )
}
