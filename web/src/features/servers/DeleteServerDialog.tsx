import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { answer, http } from '@/api/client'
import type { Server } from '@/api/contract'
import { navigate } from '@/app/router'
import { FormDialog } from '@/design/FormDialog'
import { TextField } from '@/design/TextField'
import { receive } from '@/state/store'

interface DeleteServerDialogProps {
  server: Server
  onClose: () => void
}

/** Asks before a server is deleted with all that is in it: its name has to be written. */
export default function DeleteServerDialog({ server, onClose }: DeleteServerDialogProps) {
  const { t } = useLingui()
  const [written, setWritten] = useState('')

  async function remove() {
    await answer(http.DELETE('/servers/{server_id}', { params: { path: { server_id: server.id } } }))
    navigate({ name: 'home' })
    receive({ type: 'server.deleted', data: { id: server.id } })
  }

  return (
    <FormDialog
      title={t`Delete ${server.name}?`}
      submit={t`Delete server`}
      danger
      isDisabled={written.trim() !== server.name}
      onSubmit={remove}
      onClose={onClose}
    >
      {() => (
        <>
          <p>{t`All its channels and messages are deleted, for everyone. This cannot be taken back.`}</p>
          <TextField
            label={t`Write ${server.name} to confirm`}
            value={written}
            onChange={setWritten}
            autoComplete="off"
            autoFocus
          />
        </>
      )}
    </FormDialog>
  )
}
