import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { answer, http } from '@/api/client'
import { FormDialog } from '@/design/FormDialog'
import { toast } from '@/design/toasts'
import { accountProblem, useAccountProblemText } from '@/features/auth/account-problems'
import { FreshFields, noProof } from './FreshFields'
import { useSecurityRefresh } from './security'

/** Takes the second factor away. */
export function SwitchOffDialog({ onClose }: { onClose: () => void }) {
  const { t } = useLingui()
  const problemText = useAccountProblemText()
  const refresh = useSecurityRefresh()
  const [proof, setProof] = useState(noProof)

  async function switchOff() {
    try {
      await answer(http.DELETE('/users/@me/totp', { body: proof }))
    } catch (error) {
      throw accountProblem(error)
    }
    refresh()
    toast(t`Two-factor sign-in is off.`)
  }

  return (
    <FormDialog
      title={t`Switch off two-factor sign-in?`}
      submit={t`Switch off`}
      danger
      onSubmit={switchOff}
      onClose={onClose}
      problemText={problemText}
    >
      {(problem) => (
        <>
          <p>{t`Your password alone is enough to sign in then. Your recovery codes are of no use any more.`}</p>
          <FreshFields value={proof} onChange={setProof} problem={problem} withCode autoFocus />
        </>
      )}
    </FormDialog>
  )
}
