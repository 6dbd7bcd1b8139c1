import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { navigate } from '@/app/router'
import { FormDialog } from '@/design/FormDialog'
import { TextField } from '@/design/TextField'
import { codeIn } from './invitation-code'

/** For whoever has an invitation in another window: its link or its code. */
export default function EnterInvitationDialog({ onClose }: { onClose: () => void }) {
  const { t } = useLingui()
  const [text, setText] = useState('')
  const code = codeIn(text)

  async function open() {
    if (code) navigate({ name: 'invite', code })
  }

  return (
    <FormDialog
      title={t`Enter an invitation`}
      submit={t`Continue`}
      isDisabled={code === null}
      onSubmit={open}
      onClose={onClose}
    >
      {() => (
        <TextField
          label={t`Link or code`}
          description={t`For example ${`${location.origin}/invite/q3ZkT8vLw0Ra`}`}
          value={text}
          onChange={setText}
          maxLength={500}
          autoComplete="off"
          autoFocus
        />
      )}
    </FormDialog>
  )
}
