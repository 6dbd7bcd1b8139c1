import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { answer, http } from '@/api/client'
import type { OwnUser } from '@/api/contract'
import type { ApiProblem } from '@/api/problem'
import { FormDialog } from '@/design/FormDialog'
import { TextField } from '@/design/TextField'
import { accountProblem, useAccountFieldText, useAccountProblemText } from '@/features/auth/account-problems'
import { useTimes } from '@/i18n/times'
import { receiveAnswer, userUpdated } from '@/state/store'

interface ChangeUsernameDialogProps {
  me: OwnUser
  onClose: () => void
}

/** Asks for another username, and says what that means. */
export function ChangeUsernameDialog({ me, onClose }: ChangeUsernameDialogProps) {
  const { t } = useLingui()
  const times = useTimes()
  const usualText = useAccountProblemText()
  const fieldText = useAccountFieldText()
  const [username, setUsername] = useState(me.username)
  const wanted = username.trim()

  async function change() {
    try {
      await receiveAnswer(answer(http.PATCH('/users/@me', { body: { username: wanted } })), userUpdated)
    } catch (error) {
      throw accountProblem(error)
    }
  }

  function problemText(problem: ApiProblem) {
    if (problem.code !== 'username_changed_often' || problem.retryAfter === null) return usualText(problem)
    const again = new Date(Date.now() + problem.retryAfter * 1_000)
    return t`You have changed it twice in 14 days. You can change it again on ${times.full(again.toISOString())}.`
  }

  return (
    <FormDialog
      title={t`Change username`}
      submit={t`Change`}
      isDisabled={wanted === '' || wanted === me.username}
      onSubmit={change}
      onClose={onClose}
      problemText={problemText}
    >
      {(problem) => (
        <>
          <p>
            {t`You can change it twice in 14 days. Nobody else can have your old one for 30 days, and messages that mention you still do.`}
          </p>
          <TextField
            label={t`New username`}
            name="username"
            autoComplete="username"
            minLength={2}
            maxLength={32}
            isRequired
            value={username}
            onChange={setUsername}
            error={fieldText(problem?.fieldCode('username'))}
            autoFocus
          />
        </>
      )}
    </FormDialog>
  )
}
