import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { answer, http } from '@/api/client'
import { Checkbox } from '@/design/Checkbox'
import { FormDialog } from '@/design/FormDialog'
import { toast } from '@/design/toasts'
import { accountProblem, useAccountProblemText } from '@/features/auth/account-problems'
import { NewPasswordField } from '@/features/auth/NewPasswordField'
import { PasswordField } from './PasswordField'

/** Another password (U4), and the other devices signed out with it. */
export function ChangePasswordDialog({ onClose }: { onClose: () => void }) {
  const { t } = useLingui()
  const problemText = useAccountProblemText()
  const [current, setCurrent] = useState('')
  const [wanted, setWanted] = useState('')
  const [endOthers, setEndOthers] = useState(true)

  async function change() {
    const body = { current_password: current, new_password: wanted, end_other_sessions: endOthers }
    try {
      await answer(http.PUT('/users/@me/password', { body }))
    } catch (error) {
      throw accountProblem(error)
    }
    toast(t`Your password is changed.`)
  }

  return (
    <FormDialog
      title={t`Change password`}
      submit={t`Change`}
      onSubmit={change}
      onClose={onClose}
      problemText={problemText}
    >
      {(problem) => (
        <>
          <PasswordField
            label={t`Current password`}
            value={current}
            onChange={setCurrent}
            problem={problem}
            autoFocus
          />
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
