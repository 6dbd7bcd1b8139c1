import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { answer, http } from '@/api/client'
import type { Server } from '@/api/contract'
import { FormDialog } from '@/design/FormDialog'
import { TextField } from '@/design/TextField'
import { useFieldText } from '@/i18n/problems'
import { receiveAnswer } from '@/state/store'
import { VisibilityChoice } from './VisibilityChoice'

interface ServerSettingsDialogProps {
  server: Server
  onClose: () => void
}

/** What a server is called, says of itself, and who can join. */
export default function ServerSettingsDialog({ server, onClose }: ServerSettingsDialogProps) {
  const { t } = useLingui()
  const fieldText = useFieldText()
  const [name, setName] = useState(server.name)
  const [description, setDescription] = useState(server.description)
  const [visibility, setVisibility] = useState(server.visibility)

  async function save() {
    const params = { path: { server_id: server.id } }
    const body = { name: name.trim(), description: description.trim(), visibility }
    await receiveAnswer(answer(http.PATCH('/servers/{server_id}', { params, body })), (data) => [
      { type: 'server.updated', data },
    ])
  }

  return (
    <FormDialog
      title={t`Server settings`}
      submit={t`Save`}
      isDisabled={name.trim() === ''}
      onSubmit={save}
      onClose={onClose}
    >
      {(problem) => (
        <>
          <TextField
            label={t`Name`}
            value={name}
            onChange={setName}
            maxLength={100}
            error={fieldText(problem?.fieldCode('name'))}
          />
          <TextField
            label={t`Description`}
            description={t`Shown where people look for servers.`}
            value={description}
            onChange={setDescription}
            maxLength={1_000}
            rows={3}
            error={fieldText(problem?.fieldCode('description'))}
          />
          <VisibilityChoice value={visibility} onChange={setVisibility} />
        </>
      )}
    </FormDialog>
  )
}
