import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { answer, http } from '@/api/client'
import type { Visibility } from '@/api/contract'
import { navigate } from '@/app/router'
import { FormDialog } from '@/design/FormDialog'
import { TextField } from '@/design/TextField'
import { useFieldText } from '@/i18n/problems'
import { receive } from '@/state/store'
import { VisibilityChoice } from './VisibilityChoice'

/** Makes a server (S6). */
export default function CreateServerDialog({ onClose }: { onClose: () => void }) {
  const { t } = useLingui()
  const fieldText = useFieldText()
  const [name, setName] = useState('')
  const [visibility, setVisibility] = useState<Visibility>('private')

  async function create() {
    const server = await answer(http.POST('/servers', { body: { name: name.trim(), visibility } }))
    receive({ type: 'server.created', data: server })
    navigate({ name: 'server', serverId: server.id })
  }

  return (
    <FormDialog
      title={t`Create a server`}
      submit={t`Create`}
      isDisabled={name.trim() === ''}
      onSubmit={create}
      onClose={onClose}
    >
      {(problem) => (
        <>
          <TextField
            label={t`Name`}
            value={name}
            onChange={setName}
            maxLength={100}
            autoFocus
            error={fieldText(problem?.fieldCode('name'))}
          />
          <VisibilityChoice value={visibility} onChange={setVisibility} />
        </>
      )}
    </FormDialog>
  )
}
