import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { FormDialog } from '@/design/FormDialog'
import type { ModerationDialogProps } from './ModerationDialogs'
import { kick } from './moderation-calls'
import { ReasonField } from './ReasonField'

/** Asks before somebody is removed. */
export function KickDialog({ about, name, onClose }: ModerationDialogProps) {
  const { t } = useLingui()
  const [reason, setReason] = useState('')
  return (
    <FormDialog
      title={t`Remove ${name}?`}
      submit={t`Remove member`}
      danger
      onSubmit={() => kick(about, reason.trim())}
      onClose={onClose}
    >
      {(problem) => (
        <>
          <p>{t`They lose their roles, and can come back when they are invited or the server is public.`}</p>
          <ReasonField value={reason} onChange={setReason} problem={problem} />
        </>
      )}
    </FormDialog>
  )
}
