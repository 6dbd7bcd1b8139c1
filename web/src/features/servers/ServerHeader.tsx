import { useLingui } from '@lingui/react/macro'
import {
  ChevronDown,
  FolderPlus,
  Hash,
  Link2,
  LogOut,
  Settings,
  Trash2,
  UserPlus,
  Volume2,
} from 'lucide-react'
import { useState } from 'react'
import { Button } from 'react-aria-components'
import type { ChannelKind, Id } from '@/api/contract'
import { later } from '@/design/later'
import { Menu, type MenuAction } from '@/design/Menu'
import { mayIn, useStore } from '@/state/store'
import styles from './ServerHeader.module.css'

const DeleteServerDialog = later(() => import('./DeleteServerDialog'))
const InvitationsDialog = later(() => import('@/features/invitations/InvitationsDialog'))
const InviteDialog = later(() => import('@/features/invitations/InviteDialog'))
const LeaveServerDialog = later(() => import('./LeaveServerDialog'))
const ServerSettingsDialog = later(() => import('./ServerSettingsDialog'))

interface ServerHeaderProps {
  serverId: Id
  onCreateChannel: (kind: ChannelKind) => void
}

/** The name of the open server, with what can be done with it. */
export function ServerHeader({ serverId, onCreateChannel }: ServerHeaderProps) {
  const { t } = useLingui()
  const server = useStore((state) => state.servers[serverId])
  const owns = useStore((state) => state.servers[serverId]?.owner_id === state.me?.id)
  const manages = useStore((state) => mayIn(state, serverId, 'manage_server'))
  const managesChannels = useStore((state) => mayIn(state, serverId, 'manage_channels'))
  const invites = useStore((state) => mayIn(state, serverId, 'create_invitations'))
  const managesInvitations = useStore((state) => mayIn(state, serverId, 'manage_invitations'))
  const [dialog, setDialog] = useState<'settings' | 'invite' | 'invitations' | 'leave' | 'delete' | null>(
    null,
  )
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
    onAction: () => setDialog('settings'),
  }
  const leave: MenuAction = {
    id: 'leave',
    label: t`Leave server`,
    icon: <LogOut size={16} />,
    danger: true,
    onAction: () => setDialog('leave'),
  }
  const remove: MenuAction = {
    id: 'delete',
    label: t`Delete server`,
    icon: <Trash2 size={16} />,
    danger: true,
    onAction: () => setDialog('delete'),
  }

  return (
    <>
      <Menu
        label={t`Server`}
        placement="bottom start"
        groups={[
          [...(invites ? [invite] : []), ...(invites || managesInvitations ? [invitations] : [])],
          managesChannels ? channelActions : [],
          manages ? [settings] : [],
          [owns ? remove : leave],
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
      {dialog === 'delete' && <DeleteServerDialog server={server} onClose={() => setDialog(null)} />}
      {dialog === 'settings' && <ServerSettingsDialog server={server} onClose={() => setDialog(null)} />}
    </>
  )
}
