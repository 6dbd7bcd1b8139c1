import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { useShallow } from 'zustand/react/shallow'
import type { Channel } from '@/api/contract'
import { navigate } from '@/app/router'
import { useShortcut } from '@/app/shortcuts'
import { Button } from '@/design/Button'
import { later } from '@/design/later'
import { MeBar } from '@/features/me/MeBar'
import { ServerHeader } from '@/features/servers/ServerHeader'
import { mayIn, selectChannels, useStore } from '@/state/store'
import { nextUnread } from '@/state/unread'
import type { ChannelDialog } from './ChannelDialogs'
import { ChannelLink } from './ChannelLink'
import { type ChannelGroup, channelsInOrder, channelTree } from './channel-tree'
import { FolderHeader } from './FolderHeader'
import { useFolded } from './folded'
import styles from './Sidebar.module.css'

const ChannelDialogs = later(() => import('./ChannelDialogs'))

interface SidebarProps {
  serverId: string
  /** The channel that is open. */
  channelId: string | null
}

/** A server's channels, its menu, and me at the foot. */
export function Sidebar({ serverId, channelId }: SidebarProps) {
  const { t } = useLingui()
  const channels = useStore(useShallow((state) => selectChannels(state, serverId)))
  const known = useStore((state) => serverId in state.servers)
  const manages = useStore((state) => mayIn(state, serverId, 'manage_channels'))
  const [dialog, setDialog] = useState<ChannelDialog | null>(null)
  useChannelKeys(channels, channelId)
  useUnreadKeys(serverId, channelId)

  return (
    <div className={styles.side}>
      {known && (
        <ServerHeader
          serverId={serverId}
          onCreateChannel={(kind) => setDialog({ name: 'create', kind, parentId: null })}
        />
      )}
      <nav className={styles.channels} aria-label={t`Channels`}>
        {channelTree(channels).map((group) => (
          <Group
            key={group.folder?.id ?? 'loose'}
            group={group}
            channelId={channelId}
            creates={manages}
            onDialog={setDialog}
          />
        ))}
        {known && channels.length === 0 && (
          <div className={styles.none}>
            <p>{t`There is no channel yet.`}</p>
            {manages && (
              <Button onPress={() => setDialog({ name: 'create', kind: 'text', parentId: null })}>
                {t`Create a channel`}
              </Button>
            )}
          </div>
        )}
      </nav>
      <MeBar />
      {dialog && <ChannelDialogs serverId={serverId} dialog={dialog} onClose={() => setDialog(null)} />}
    </div>
  )
}

interface GroupProps {
  group: ChannelGroup
  channelId: string | null
  /** Whether the reader may make channels in the server. */
  creates: boolean
  onDialog: (dialog: ChannelDialog) => void
}

function Group({ group: { folder, channels }, channelId, creates, onDialog }: GroupProps) {
  const folded = useFolded((state) => folder !== null && state.ids.has(folder.id))
  // The open channel stays visible in a closed folder.
  const shown = folded ? channels.filter((channel) => channel.id === channelId) : channels
  return (
    <section className={styles.group} aria-label={folder?.name}>
      {folder && <FolderHeader folder={folder} folded={folded} creates={creates} onDialog={onDialog} />}
      <ul>
        {shown.map((channel) => (
          <ChannelLink
            key={channel.id}
            channel={channel}
            isOpen={channel.id === channelId}
            onDialog={onDialog}
          />
        ))}
      </ul>
    </section>
  )
}

/** Alt+↑ and Alt+↓ go to the channel above and below. */
function useChannelKeys(channels: Channel[], channelId: string | null): void {
  function go(step: 1 | -1) {
    const order = channelsInOrder(channels)
    const index = order.findIndex((channel) => channel.id === channelId)
    const next = order[(index + step + order.length) % order.length]
    if (next) navigate({ name: 'channel', serverId: next.server_id, channelId: next.id })
  }
  useShortcut('Alt+ArrowUp', () => go(-1))
  useShortcut('Alt+ArrowDown', () => go(1))
}

/** Alt+Shift+↑ and Alt+Shift+↓ go to the unread channel above and below, on to other servers. */
function useUnreadKeys(serverId: string, channelId: string | null): void {
  function go(step: 1 | -1) {
    const next = nextUnread(useStore.getState(), channelsInOrder, { serverId, channelId }, step)
    if (next) navigate({ name: 'channel', serverId: next.server_id, channelId: next.id })
  }
  useShortcut('Alt+Shift+ArrowUp', () => go(-1))
  useShortcut('Alt+Shift+ArrowDown', () => go(1))
}
