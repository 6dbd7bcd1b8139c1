import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { answer, http } from '@/api/client'
import { FormDialog } from '@/design/FormDialog'
import { toast } from '@/design/toasts'
import { accountProblem, useAccountProblemText } from '@/features/auth/account-problems'
import { forgetPasskey } from '@/features/auth/passkeys'
import type { Credential } from './CredentialItem'
import { bodyOf, FreshFields, noProof } from './FreshFields'
import { useSecurityRefresh } from './security'

interface RemovePasskeyDialogProps {
  passkey: Credential
  withCode: boolean
  /** It is removed, and will be gone in a moment. */
  onRemove: () => void
  onClose: () => void
}

/** Takes a passkey away, and tells the browser so; the device may go on showing it. */
export function RemovePasskeyDialog({ passkey, withCode, onRemove, onClose }: RemovePasskeyDialogProps) {
  const { t } = useLingui()
  const problemText = useAccountProblemText()
  const refresh = useSecurityRefresh()
  const [proof, setProof] = useState(noProof)
  const { name } = passkey

  async function remove() {
    try {
      const params = { path: { passkey_id: passkey.id } }
      await answer(http.DELETE('/users/@me/passkeys/{passkey_id}', { params, body: bodyOf(proof, withCode) }))
    } catch (error) {
      throw accountProblem(error)
    }
    if (passkey.credential_id) void forgetPasskey(passkey.credential_id)
    onRemove()
    refresh()
    toast(t`The passkey is removed.`)
  }

  return (
    <FormDialog
      title={t`Remove the passkey ${name}?`}
      submit={t`Remove`}
      danger
      onSubmit={remove}
      onClose={onClose}
      problemText={problemText}
    >
      {(problem) => (
        <>
          <p>
            {t`It opens your account no more. Your device may still show it: you can delete it there, too.`}
          </p>
          <FreshFields value={proof} onChange={setProof} problem={problem} withCode={withCode} autoFocus />
        </>
      )}
    </FormDialog>
  )
}
