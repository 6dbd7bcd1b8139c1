import type { Channel, ChannelKind, Id } from '@/api/contract'
import { CreateChannelDialog } from './CreateChannelDialog'
import { DeleteChannelDialog } from './DeleteChannelDialog'
import { MoveChannelDialog } from './MoveChannelDialog'

/** What is being done with a channel. */
export type ChannelDialog =
  | { name: 'create'; kind: ChannelKind; parentId: Id | null }
  | { name: 'move' | 'delete'; channel: Channel }

interface ChannelDialogsProps {
  serverId: Id
  dialog: ChannelDialog
  onClose: () => void
}

export default function ChannelDialogs({ serverId, dialog, onClose }: ChannelDialogsProps) {
  switch (dialog.name) {
    case 'create':
      return (
        <CreateChannelDialog
          serverId={serverId}
          kind={dialog.kind}
          parentId={dialog.parentId}
          onClose={onClose}
        />
      )
    case 'move':
      return <MoveChannelDialog channel={dialog.channel} onClose={onClose} />
    case 'delete':
      return <DeleteChannelDialog channel={dialog.channel} onClose={onClose} />
  }
}
