import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { answer, http } from '@/api/client'
import type { OwnProvider, Security } from '@/api/contract'
import { FormDialog } from '@/design/FormDialog'
import { toast } from '@/design/toasts'
import { accountProblem } from '@/features/auth/account-problems'
import { signsInAgain, useElsewhere, useManagedProblemText } from './elsewhere'
import { bodyOf, FreshFields, noProof } from './FreshFields'
import { unlinking } from './outcome'
import { useProvidersRefresh } from './providers'
import { useSecurityRefresh } from './security'

interface UnlinkProviderDialogProps {
  provider: OwnProvider
  security: Security
  /** Whether I have just signed in once more. */
  confirmed: boolean
  /** Whether nothing else opens my account. */
  last: boolean
  onClose: () => void
}

/** Takes away that an account elsewhere opens mine. */
export function UnlinkProviderDialog({
  provider,
  security,
  confirmed,
  last,
  onClose,
}: UnlinkProviderDialogProps) {
  const { t } = useLingui()
  const problemText = useManagedProblemText()
  const elsewhere = useElsewhere(unlinking(provider.id))
  const refresh = [useProvidersRefresh(), useSecurityRefresh()]
  const again = signsInAgain(security)
  const withCode = security.second_factor.totp && !again
  const leaving = again && !confirmed
  const [proof, setProof] = useState(noProof)
  const { name } = provider

  async function unlink() {
    if (leaving) return elsewhere.go({ action: 'sign_in_again' })
    try {
      const params = { path: { provider_id: provider.id } }
      const body = again ? {} : bodyOf(proof, withCode)
      await answer(http.DELETE('/users/@me/providers/{provider_id}', { params, body }))
    } catch (error) {
      throw accountProblem(error)
    }
    for (const ask of refresh) ask()
    toast(t`${name} is unlinked.`)
  }

  return (
    <FormDialog
      title={t`Unlink ${name}?`}
      submit={leaving && !last ? t`Sign in again to go on` : t`Unlink`}
      danger
      isDisabled={last}
      onSubmit={unlink}
      onClose={onClose}
      problemText={problemText}
    >
      {(problem) => (
        <>
          <p>
            {last
              ? t`Without it you could not sign in any more. Set a password or add a passkey first.`
              : t`You cannot sign in with ${name} any more. Your account there stays as it is.`}
          </p>
          {!again && !last && (
            <FreshFields
              value={proof}
              onChange={setProof}
              problem={problem}
              withCode={withCode}
              onlyDigits
              autoFocus
            />
          )}
        </>
      )}
    </FormDialog>
  )
}
