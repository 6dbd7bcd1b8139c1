import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { FormDialog } from '@/design/FormDialog'
import { Select } from '@/design/Select'
import type { ModerationDialogProps } from './ModerationDialogs'
import { ban } from './moderation-calls'
import { ReasonField } from './ReasonField'

/** Asks before somebody is banned, and what of theirs is deleted. */
export function BanDialog({ about, name, onClose }: ModerationDialogProps) {
  const { t } = useLingui()
  const [reason, setReason] = useState('')
  const [deleteSeconds, setDeleteSeconds] = useState('0')
  return (
    <FormDialog
      title={t`Ban ${name}?`}
      submit={t`Ban`}
      danger
      onSubmit={() => ban(about, reason.trim(), Number(deleteSeconds))}
      onClose={onClose}
    >
      {(problem) => (
        <>
          <p>{t`They are removed, and cannot come back until the ban is lifted.`}</p>
          <Select
            label={t`Delete what they wrote`}
            value={deleteSeconds}
            onChange={setDeleteSeconds}
            options={[
              { value: '0', label: t`Nothing` },
              { value: '3600', label: t`In the last hour` },
              { value: '86400', label: t`In the last day` },
              { value: '604800', label: t`In the last week` },
            ]}
          />
          <ReasonField value={reason} onChange={setReason} problem={problem} />
        </>
      )}
    </FormDialog>
  )
}
