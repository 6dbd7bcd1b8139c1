import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { FormDialog } from '@/design/FormDialog'
import { TextField } from '@/design/TextField'
import { useFieldText } from '@/i18n/problems'
import type { ModerationDialogProps } from './ModerationDialogs'
import { changeMember } from './moderation-calls'

/** What somebody is called in this server. */
export function NicknameDialog({ about, name, onClose }: ModerationDialogProps) {
  const { t } = useLingui()
  const fieldText = useFieldText()
  const [nickname, setNickname] = useState(about.member?.nickname ?? '')
  return (
    <FormDialog
      title={t`Nickname of ${name}`}
      submit={t`Save`}
      onSubmit={() => changeMember(about, { nickname: nickname.trim() || null })}
      onClose={onClose}
    >
      {(problem) => (
        <TextField
          label={t`Nickname`}
          description={t`In this server only. Left empty, it is ${about.user.display_name}.`}
          value={nickname}
          onChange={setNickname}
          maxLength={64}
          autoFocus
          error={fieldText(problem?.fieldCode('nickname'))}
        />
      )}
    </FormDialog>
  )
}
