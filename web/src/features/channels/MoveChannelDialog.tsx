import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { useShallow } from 'zustand/react/shallow'
import type { Channel, ChannelPlace } from '@/api/contract'
import { FormDialog } from '@/design/FormDialog'
import { Select } from '@/design/Select'
import { selectChannels, useStore } from '@/state/store'
import { placesAfterMove, placesBeside } from './channel-places'
import { FolderSelect } from './FolderSelect'
import { moveChannels } from './move-channels'

const front = 'front'

interface MoveChannelDialogProps {
  channel: Channel
  onClose: () => void
}

/** Moves a channel into a folder, or a channel or folder to another place (C5): what dragging does, by keyboard too. */
export function MoveChannelDialog({ channel, onClose }: MoveChannelDialogProps) {
  const { t } = useLingui()
  const channels = useStore(useShallow((state) => selectChannels(state, channel.server_id)))
  const folder = channel.kind === 'folder'
  const [parentId, setParentId] = useState(channel.parent_id ?? null)
  const neighbours = channels.filter(
    (other) =>
      other.id !== channel.id &&
      (other.kind === 'folder') === folder &&
      (other.parent_id ?? null) === parentId,
  )
  const [after, setAfter] = useState<string | null>(null)
  const chosen = after ?? neighbours.at(-1)?.id ?? front

  return (
    <FormDialog
      title={t`Move ${channel.name}`}
      submit={t`Move`}
      onSubmit={() =>
        moveChannels(channel.server_id, placesOf(channels, neighbours, channel, parentId, chosen))
      }
      onClose={onClose}
    >
      {() => (
        <>
          {!folder && (
            <FolderSelect
              serverId={channel.server_id}
              value={parentId}
              onChange={(id) => {
                setParentId(id)
                setAfter(null)
              }}
            />
          )}
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

function placesOf(
  channels: Channel[],
  neighbours: Channel[],
  moved: Channel,
  parentId: string | null,
  chosen: string,
): ChannelPlace[] {
  if (moved.kind !== 'folder') {
    return placesAfterMove(channels, moved, parentId, chosen === front ? null : chosen)
  }
  const target = chosen === front ? neighbours[0] : neighbours.find((other) => other.id === chosen)
  return target ? placesBeside(channels, moved, target, chosen === front ? 'before' : 'after') : []
}
