import { useLingui } from '@lingui/react/macro'
import {
  CheckCheck,
  ChevronDown,
  FolderPlus,
  Hash,
  Link2,
  LogOut,
  Settings,
  UserPlus,
  Volume2,
} from 'lucide-react'
import { useState } from 'react'
import { Button } from 'react-aria-components'
import type { ChannelKind, Id } from '@/api/contract'
import { navigate } from '@/app/router'
import { later } from '@/design/later'
import { Menu, type MenuAction } from '@/design/Menu'
import { settingsPages } from '@/features/server-settings/access'
import { readAll } from '@/features/unread/read-up-to'
import { withLaterTexts } from '@/i18n/locale'
import { mayIn, useStore } from '@/state/store'
import { unreadChannels, unreadOfServer } from '@/state/unread'
import styles from './ServerHeader.module.css'

const InvitationsDialog = later(() => withLaterTexts(import('@/features/invitations/InvitationsDialog')))
const InviteDialog = later(() => withLaterTexts(import('@/features/invitations/InviteDialog')))
const LeaveServerDialog = later(() => import('./LeaveServerDialog'))

interface ServerHeaderProps {
  serverId: Id
  onCreateChannel: (kind: ChannelKind) => void
}

/** The name of the open server, with what can be done with it. */
export function ServerHeader({ serverId, onCreateChannel }: ServerHeaderProps) {
  const { t } = useLingui()
  const server = useStore((state) => state.servers[serverId])
  const page = useStore((state) => settingsPages(state, serverId)[0])
  const managesChannels = useStore((state) => mayIn(state, serverId, 'manage_channels'))
  const invites = useStore((state) => mayIn(state, serverId, 'create_invitations'))
  const managesInvitations = useStore((state) => mayIn(state, serverId, 'manage_invitations'))
  const unread = useStore((state) => unreadOfServer(state, serverId).unread)
  const [dialog, setDialog] = useState<'invite' | 'invitations' | 'leave' | null>(null)
  if (!server) return null

  const channelActions: MenuAction[] = [
    {
      id: 'text',
      label: t`Create text channel`,
      icon: <Hash size={16} />,
      onAction: () => onCreateChannel('text'),
    },
    {
      id: 'voice',
      label: t`Create voice channel`,
      icon: <Volume2 size={16} />,
      onAction: () => onCreateChannel('voice'),
    },
    {
      id: 'folder',
      label: t`Create folder`,
      icon: <FolderPlus size={16} />,
      onAction: () => onCreateChannel('folder'),
    },
  ]
  const read: MenuAction = {
    id: 'read',
    label: t`Mark as read`,
    icon: <CheckCheck size={16} />,
    isDisabled: !unread,
    onAction: () => {
      for (const { id } of unreadChannels(useStore.getState(), serverId)) readAll(serverId, id)
    },
  }
  const invite: MenuAction = {
    id: 'invite',
    label: t`Invite people`,
    icon: <UserPlus size={16} />,
    onAction: () => setDialog('invite'),
  }
  const invitations: MenuAction = {
    id: 'invitations',
    label: t`Invitations`,
    icon: <Link2 size={16} />,
    onAction: () => setDialog('invitations'),
  }
  const settings: MenuAction = {
    id: 'settings',
    label: t`Server settings`,
    icon: <Settings size={16} />,
    onAction: () => page && navigate({ name: 'server-settings', serverId, section: page }),
  }
  const leave: MenuAction = {
    id: 'leave',
    label: t`Leave server`,
    icon: <LogOut size={16} />,
    danger: true,
    onAction: () => setDialog('leave'),
  }
  return (
    <>
      <Menu
        label={t`Server`}
        placement="bottom start"
        groups={[
          [read],
          [...(invites ? [invite] : []), ...(invites || managesInvitations ? [invitations] : [])],
          managesChannels ? channelActions : [],
          page ? [settings] : [],
          [leave],
        ]}
      >
        <Button className={styles.header ?? ''} aria-label={t`${server.name}: server menu`}>
          <span className={styles.name}>{server.name}</span>
          <ChevronDown size={18} aria-hidden="true" />
        </Button>
      </Menu>
      {dialog === 'invite' && <InviteDialog server={server} onClose={() => setDialog(null)} />}
      {dialog === 'invitations' && <InvitationsDialog server={server} onClose={() => setDialog(null)} />}
      {dialog === 'leave' && <LeaveServerDialog server={server} onClose={() => setDialog(null)} />}
    </>
  )
}
