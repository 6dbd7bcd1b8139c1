import { useLingui } from '@lingui/react/macro'
import { CheckCheck, FolderInput, Settings, Trash2 } from 'lucide-react'
import type { Channel } from '@/api/contract'
import { navigate } from '@/app/router'
import type { MenuAction } from '@/design/Menu'
import { readAll } from '@/features/unread/read-up-to'
import { mayInChannel, useStore } from '@/state/store'
import { unreadChannels, unreadOfChannel, unreadOfFolder } from '@/state/unread'
import type { ChannelDialog } from './ChannelDialogs'

/** What I can do with a channel or folder; no groups when it is nothing. */
export function useChannelMenu(channel: Channel, onDialog: (dialog: ChannelDialog) => void): MenuAction[][] {
  const { t } = useLingui()
  const manages = useStore((state) => mayInChannel(state, channel.server_id, channel.id, 'manage_channels'))
  const rules = useStore((state) => mayInChannel(state, channel.server_id, channel.id, 'manage_roles'))
  const folder = channel.kind === 'folder'
  const unread = useStore((state) =>
    folder ? unreadOfFolder(state, channel.id).unread : unreadOfChannel(state, channel.id).unread,
  )
  const read: MenuAction = {
    id: 'read',
    label: t`Mark as read`,
    icon: <CheckCheck size={16} />,
    onAction: () => {
      if (!folder) return readAll(channel.server_id, channel.id)
      const inside = unreadChannels(useStore.getState(), channel.server_id, channel.id)
      for (const { id, server_id } of inside) readAll(server_id, id)
    },
  }
  const settings: MenuAction = {
    id: 'settings',
    label: folder ? t`Folder settings` : t`Channel settings`,
    icon: <Settings size={16} />,
    onAction: () =>
      navigate({
        name: 'channel-settings',
        serverId: channel.server_id,
        channelId: channel.id,
        section: manages ? 'overview' : 'permissions',
      }),
  }
  const move: MenuAction = {
    id: 'move',
    label: folder ? t`Move folder` : t`Move channel`,
    icon: <FolderInput size={16} />,
    onAction: () => onDialog({ name: 'move', channel }),
  }
  const remove: MenuAction = {
    id: 'delete',
    label: folder ? t`Delete folder` : t`Delete channel`,
    icon: <Trash2 size={16} />,
    danger: true,
    onAction: () => onDialog({ name: 'delete', channel }),
  }
  const governing = manages ? [[settings, move], [remove]] : rules ? [[settings]] : []
  return unread ? [[read], ...governing] : governing
}
