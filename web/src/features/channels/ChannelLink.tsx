import { useLingui } from '@lingui/react/macro'
import { Lock, Settings } from 'lucide-react'
import { useState } from 'react'
import { useShallow } from 'zustand/react/shallow'
import type { Channel } from '@/api/contract'
import { linkTo } from '@/app/router'
import { IconButton } from '@/design/Button'
import { ContextMenu, Menu } from '@/design/Menu'
import { MentionBadge } from '@/features/unread/MentionBadge'
import { useUnreadName } from '@/features/unread/unread-words'
import { mayInChannel, useStore } from '@/state/store'
import { unreadOfChannel } from '@/state/unread'
import type { ChannelDialog } from './ChannelDialogs'
import { ChannelIcon } from './ChannelIcon'
import { useChannelDrag } from './channel-drag'
import { useChannelMenu } from './channel-menu'
import styles from './Sidebar.module.css'

interface ChannelLinkProps {
  channel: Channel
  isOpen: boolean
  onDialog: (dialog: ChannelDialog) => void
}

/** The way into a channel, and for those who may, what can be done with it. */
export function ChannelLink({ channel, isOpen, onDialog }: ChannelLinkProps) {
  const { t } = useLingui()
  const [point, setPoint] = useState<{ x: number; y: number } | null>(null)
  const groups = useChannelMenu(channel, onDialog)
  const moves = useStore((state) => mayInChannel(state, channel.server_id, channel.id, 'manage_channels'))
  const drag = useChannelDrag(channel, moves)
  const unread = useStore(useShallow((state) => unreadOfChannel(state, channel.id)))
  const named = useUnreadName()
  const link = linkTo({ name: 'channel', serverId: channel.server_id, channelId: channel.id })
  const menuLabel = t`Options of ${channel.name}`
  const voice = channel.kind === 'voice' && t`voice channel`
  return (
    <li {...drag} className={`${styles.channel} ${isOpen ? styles.open : ''}`}>
      <a
        href={link.href}
        onClick={link.onClick}
        draggable={false}
        className={styles.link}
        aria-label={
          unread.unread ? named(channel.name, unread, voice, channel.private && t`private`) : undefined
        }
        data-unread={unread.unread || undefined}
        aria-current={isOpen ? 'page' : undefined}
        onContextMenu={(event) => {
          if (groups.length === 0) return
          event.preventDefault()
          setPoint({ x: event.clientX, y: event.clientY })
        }}
      >
        <ChannelIcon kind={channel.kind} />
        <span className={styles.name}>{channel.name}</span>
        {voice && <span className="visually-hidden">{voice}</span>}
        {channel.private && <Lock size={12} role="img" aria-label={t`private`} className={styles.lock} />}
        <MentionBadge count={unread.mentions} />
      </a>
      {groups.length > 0 && (
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
