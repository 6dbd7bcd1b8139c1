import { useLingui } from '@lingui/react/macro'
import { FolderInput, Pencil, Settings, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { Channel } from '@/api/contract'
import { linkTo } from '@/app/router'
import { IconButton } from '@/design/Button'
import { ContextMenu, Menu, type MenuAction } from '@/design/Menu'
import type { ChannelDialog } from './ChannelDialogs'
import { ChannelIcon } from './ChannelIcon'
import styles from './Sidebar.module.css'

interface ChannelLinkProps {
  channel: Channel
  isOpen: boolean
  /** Whether the reader may change channels. */
  manages: boolean
  onDialog: (dialog: ChannelDialog) => void
}

/** The way into a channel, and for those who may, what can be done with it. */
export function ChannelLink({ channel, isOpen, manages, onDialog }: ChannelLinkProps) {
  const { t } = useLingui()
  const [point, setPoint] = useState<{ x: number; y: number } | null>(null)
  const groups: MenuAction[][] = [
    [
      {
        id: 'edit',
        label: t`Edit channel`,
        icon: <Pencil size={16} />,
        onAction: () => onDialog({ name: 'edit', channel }),
      },
      {
        id: 'move',
        label: t`Move channel`,
        icon: <FolderInput size={16} />,
        onAction: () => onDialog({ name: 'move', channel }),
      },
    ],
    [
      {
        id: 'delete',
        label: t`Delete channel`,
        icon: <Trash2 size={16} />,
        danger: true,
        onAction: () => onDialog({ name: 'delete', channel }),
      },
    ],
  ]
  const link = linkTo({ name: 'channel', serverId: channel.server_id, channelId: channel.id })
  const menuLabel = t`Options of ${channel.name}`
  return (
    <li className={`${styles.channel} ${isOpen ? styles.open : ''}`}>
      <a
        href={link.href}
        onClick={link.onClick}
        className={styles.link}
        aria-current={isOpen ? 'page' : undefined}
        onContextMenu={(event) => {
          if (!manages) return
          event.preventDefault()
          setPoint({ x: event.clientX, y: event.clientY })
        }}
      >
        <ChannelIcon kind={channel.kind} />
        <span className={styles.name}>{channel.name}</span>
        {channel.kind === 'voice' && <span className="visually-hidden">{t`voice channel`}</span>}
      </a>
      {manages && (
        <span className={styles.options}>
          <Menu label={menuLabel} groups={groups} placement="bottom start">
            <IconButton label={menuLabel} small>
              <Settings size={16} />
            </IconButton>
          </Menu>
        </span>
      )}
      {point && (
        <ContextMenu label={menuLabel} groups={groups} point={point} onClose={() => setPoint(null)} />
      )}
    </li>
  )
}
