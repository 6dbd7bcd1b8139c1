import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { useShallow } from 'zustand/react/shallow'
import { answer, http } from '@/api/client'
import type { Channel } from '@/api/contract'
import { FormDialog } from '@/design/FormDialog'
import { Select } from '@/design/Select'
import { receiveAnswer, selectChannels, useStore } from '@/state/store'
import { placesAfterMove } from './channel-places'
import { FolderSelect } from './FolderSelect'

const front = 'front'

interface MoveChannelDialogProps {
  channel: Channel
  onClose: () => void
}

/** Moves a channel into a folder, or to another place (C5); the same as dragging, by keyboard too. */
export function MoveChannelDialog({ channel, onClose }: MoveChannelDialogProps) {
  const { t } = useLingui()
  const channels = useStore(useShallow((state) => selectChannels(state, channel.server_id)))
  const [parentId, setParentId] = useState(channel.parent_id ?? null)
  const neighbours = channels.filter(
    (other) => other.id !== channel.id && other.kind !== 'folder' && (other.parent_id ?? null) === parentId,
  )
  const [after, setAfter] = useState<string | null>(null)
  const chosen = after ?? neighbours.at(-1)?.id ?? front

  async function move() {
    const places = placesAfterMove(channels, channel, parentId, chosen === front ? null : chosen)
    if (places.length === 0) return
    const params = { path: { server_id: channel.server_id } }
    const body = { channels: places }
    await receiveAnswer(answer(http.PATCH('/servers/{server_id}/channels', { params, body })), ({ items }) =>
      items.map((data) => ({ type: 'channel.updated', data })),
    )
  }

  return (
    <FormDialog title={t`Move ${channel.name}`} submit={t`Move`} onSubmit={move} onClose={onClose}>
      {() => (
        <>
          <FolderSelect
            serverId={channel.server_id}
            value={parentId}
            onChange={(id) => {
              setParentId(id)
              setAfter(null)
            }}
          />
          <Select
            label={t`Place`}
            value={chosen}
            onChange={setAfter}
            options={[
              { value: front, label: t`At the top` },
              ...neighbours.map((other) => ({ value: other.id, label: t`After ${other.name}` })),
            ]}
          />
        </>
      )}
    </FormDialog>
  )
}
