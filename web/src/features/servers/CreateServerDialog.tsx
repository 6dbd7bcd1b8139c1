import { useLingui } from '@lingui/react/macro'
import { Globe, Lock } from 'lucide-react'
import { useState } from 'react'
import { answer, http } from '@/api/client'
import type { Visibility } from '@/api/contract'
import { navigate } from '@/app/router'
import { Choice } from '@/design/Choice'
import { FormDialog } from '@/design/FormDialog'
import { TextField } from '@/design/TextField'
import { useFieldText } from '@/i18n/problems'
import { receive } from '@/state/store'

/** Makes a server (S6). */
export function CreateServerDialog({ onClose }: { onClose: () => void }) {
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

interface VisibilityChoiceProps {
  value: Visibility
  onChange: (visibility: Visibility) => void
}

/** Who may find and join a server. */
export function VisibilityChoice({ value, onChange }: VisibilityChoiceProps) {
  const { t } = useLingui()
  return (
    <Choice
      label={t`Who can join`}
      value={value}
      onChange={onChange}
      options={[
        {
          value: 'private',
          label: t`Private`,
          description: t`Nobody finds it by searching.`,
          icon: <Lock size={18} />,
        },
        {
          value: 'public',
          label: t`Public`,
          description: t`Everybody here can find it and join.`,
          icon: <Globe size={18} />,
        },
      ]}
    />
  )
}
