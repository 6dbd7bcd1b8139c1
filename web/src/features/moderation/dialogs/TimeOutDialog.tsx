import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { FormDialog } from '@/design/FormDialog'
import { Select } from '@/design/Select'
import type { ModerationDialogProps } from './ModerationDialogs'
import { changeMember } from './moderation-calls'
import { ReasonField } from './ReasonField'

/** Asks for how long somebody is to keep quiet. */
export function TimeOutDialog({ about, name, onClose }: ModerationDialogProps) {
  const { t } = useLingui()
  const [minutes, setMinutes] = useState('10')
  const [reason, setReason] = useState('')

  function timeOut() {
    const timeout_until = new Date(Date.now() + Number(minutes) * 60_000).toISOString()
    return changeMember(about, { timeout_until, ...(reason.trim() ? { reason: reason.trim() } : {}) })
  }

  return (
    <FormDialog
      title={t`Put ${name} in a time-out?`}
      submit={t`Time-out`}
      danger
      onSubmit={timeOut}
      onClose={onClose}
    >
      {(problem) => (
        <>
          <p>{t`They can read, and do nothing else, until it ends. Leaving the server does not end it.`}</p>
          <Select
            label={t`For how long`}
            value={minutes}
            onChange={setMinutes}
            options={[
              { value: '1', label: t`1 minute` },
              { value: '10', label: t`10 minutes` },
              { value: '60', label: t`1 hour` },
              { value: '1440', label: t`1 day` },
              { value: '10080', label: t`1 week` },
              { value: '40319', label: t`4 weeks` },
            ]}
          />
          <ReasonField value={reason} onChange={setReason} problem={problem} />
        </>
      )}
    </FormDialog>
  )
}

/** Asks before a time-out is ended early. */
export function EndTimeOutDialog({ about, name, onClose }: ModerationDialogProps) {
  const { t } = useLingui()
  return (
    <FormDialog
      title={t`End the time-out of ${name}?`}
      submit={t`End the time-out`}
      onSubmit={() => changeMember(about, { timeout_until: null })}
      onClose={onClose}
    >
      {() => <p>{t`They can do again what their roles allow.`}</p>}
    </FormDialog>
  )
}
