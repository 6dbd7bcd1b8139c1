import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { answer, http } from '@/api/client'
import type { Channel } from '@/api/contract'
import { FormDialog } from '@/design/FormDialog'
import { TextField } from '@/design/TextField'
import { useFieldText } from '@/i18n/problems'
import { receiveAnswer } from '@/state/store'

interface EditChannelDialogProps {
  channel: Channel
  onClose: () => void
}

/** Changes what a channel or folder is called and about (C4). */
export function EditChannelDialog({ channel, onClose }: EditChannelDialogProps) {
  const { t } = useLingui()
  const fieldText = useFieldText()
  const [name, setName] = useState(channel.name)
  const [topic, setTopic] = useState(channel.topic ?? '')
  const isFolder = channel.kind === 'folder'

  async function save() {
    const params = { path: { server_id: channel.server_id, channel_id: channel.id } }
    const body = { name: name.trim(), ...(isFolder ? {} : { topic: topic.trim() || null }) }
    const path = '/servers/{server_id}/channels/{channel_id}'
    await receiveAnswer(answer(http.PATCH(path, { params, body })), (data) => [
      { type: 'channel.updated', data },
    ])
  }

  return (
    <FormDialog
      title={isFolder ? t`Rename ${channel.name}` : t`Edit ${channel.name}`}
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
            autoFocus
            error={fieldText(problem?.fieldCode('name'))}
          />
          {!isFolder && (
            <TextField
              label={t`Topic`}
              value={topic}
              onChange={setTopic}
              maxLength={1_024}
              rows={3}
              description={t`What belongs here; everybody sees it above the messages.`}
              error={fieldText(problem?.fieldCode('topic'))}
            />
          )}
        </>
      )}
    </FormDialog>
  )
}
