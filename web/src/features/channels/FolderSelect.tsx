import { useLingui } from '@lingui/react/macro'
import { useShallow } from 'zustand/react/shallow'
import type { Id } from '@/api/contract'
import { Select } from '@/design/Select'
import { selectChannels, useStore } from '@/state/store'

const none = 'none'

interface FolderSelectProps {
  serverId: Id
  value: Id | null
  onChange: (folderId: Id | null) => void
}

/** Which folder of a server, or none. Nothing where there are no folders. */
export function FolderSelect({ serverId, value, onChange }: FolderSelectProps) {
  const { t } = useLingui()
  const folders = useStore(
    useShallow((state) => selectChannels(state, serverId).filter((channel) => channel.kind === 'folder')),
  )
  if (folders.length === 0) return null
  return (
    <Select
      label={t`Folder`}
      value={value ?? none}
      onChange={(chosen) => onChange(chosen === none ? null : chosen)}
      options={[
        { value: none, label: t`No folder` },
        ...folders.map((folder) => ({ value: folder.id, label: folder.name })),
      ]}
    />
  )
}
