import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { answer, http } from '@/api/client'
import type { ChannelKind, Id } from '@/api/contract'
import { navigate } from '@/app/router'
import { Choice } from '@/design/Choice'
import { FormDialog } from '@/design/FormDialog'
import { Switch } from '@/design/Switch'
import { TextField } from '@/design/TextField'
import { useFieldText } from '@/i18n/problems'
import { receive } from '@/state/store'
import { ChannelIcon } from './ChannelIcon'
import { FolderSelect } from './FolderSelect'

interface CreateChannelDialogProps {
  serverId: Id
  kind: ChannelKind
  parentId: Id | null
  onClose: () => void
}

/** Makes a text or voice channel, or a folder (C1 to C3). */
export function CreateChannelDialog(props: CreateChannelDialogProps) {
  const { t } = useLingui()
  const fieldText = useFieldText()
  const [kind, setKind] = useState(props.kind)
  const [name, setName] = useState('')
  const [parentId, setParentId] = useState(props.parentId)
  const [hidden, setHidden] = useState(false)

  async function create() {
    const params = { path: { server_id: props.serverId } }
    const body = {
      name: name.trim(),
      kind,
      private: hidden,
      ...(kind === 'folder' ? {} : { parent_id: parentId }),
    }
    const channel = await answer(http.POST('/servers/{server_id}/channels', { params, body }))
    receive({ type: 'channel.created', data: channel })
    if (kind !== 'folder') navigate({ name: 'channel', serverId: props.serverId, channelId: channel.id })
  }

  return (
    <FormDialog
      title={t`Create a channel`}
      submit={t`Create`}
      isDisabled={name.trim() === ''}
      onSubmit={create}
      onClose={props.onClose}
    >
      {(problem) => (
        <>
          <Choice
            label={t`Kind`}
            value={kind}
            onChange={setKind}
            options={[
              {
                value: 'text',
                label: t`Text`,
                description: t`Write, share, ask`,
                icon: <ChannelIcon kind="text" />,
              },
              {
                value: 'voice',
                label: t`Voice`,
                description: t`A room with its own text chat`,
                icon: <ChannelIcon kind="voice" />,
              },
              {
                value: 'folder',
                label: t`Folder`,
                description: t`Keeps channels together`,
                icon: <ChannelIcon kind="folder" />,
              },
            ]}
          />
          <TextField
            label={t`Name`}
            value={name}
            onChange={setName}
            maxLength={100}
            autoFocus
            error={fieldText(problem?.fieldCode('name'))}
          />
          {kind !== 'folder' && (
            <FolderSelect serverId={props.serverId} value={parentId} onChange={setParentId} />
          )}
          <Switch
            label={kind === 'folder' ? t`Private folder` : t`Private channel`}
            description={t`Only you and administrators see it, until you let roles or members in.`}
            isSelected={hidden}
            onChange={setHidden}
          />
        </>
      )}
    </FormDialog>
  )
}
