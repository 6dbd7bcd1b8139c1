import { useLingui } from '@lingui/react/macro'
import { ShieldHalf, SlidersHorizontal } from 'lucide-react'
import { useEffect } from 'react'
import { useShallow } from 'zustand/react/shallow'
import type { Channel, Id } from '@/api/contract'
import { closeSettings } from '@/app/beneath'
import { Queries } from '@/app/queries'
import { SettingsFrame, type SettingsPage } from '@/features/settings/SettingsFrame'
import { useStore } from '@/state/store'
import { type ChannelSettingsPage, channelSettingsPages } from './access'
import { ChannelOverview } from './ChannelOverview'
import { ChannelPermissions } from './ChannelPermissions'

interface ChannelSettingsScreenProps {
  serverId: Id
  channelId: Id
  section: string
}

/** A channel's or folder's settings, as far as I may see them, over everything (C4, C6). */
export default function ChannelSettingsScreen({ serverId, channelId, section }: ChannelSettingsScreenProps) {
  const loaded = useStore((state) => state.loaded)
  const channel = useStore((state) => state.channels[channelId])
  const allowed = useStore(useShallow((state) => channelSettingsPages(state, channelId)))
  const present = channel?.server_id === serverId && allowed.length > 0
  const over = loaded && !present

  useEffect(() => {
    if (!over) return
    const closing = setTimeout(closeSettings)
    return () => clearTimeout(closing)
  }, [over])

  if (!channel || !loaded) return null
  // When it is over, what stands in the settings goes first, and then they: a dialog above them that went at the same
  // moment would leave all beneath out of reach.
  return (
    <Queries>
      <Screen channel={channel} allowed={present ? allowed : []} section={section} />
    </Queries>
  )
}

interface ScreenProps {
  channel: Channel
  allowed: ChannelSettingsPage[]
  section: string
}

function Screen({ channel, allowed, section }: ScreenProps) {
  const { t } = useLingui()
  const pages: Record<ChannelSettingsPage, Omit<SettingsPage, 'id'>> = {
    overview: {
      name: t`Overview`,
      icon: <SlidersHorizontal size={18} />,
      content: <ChannelOverview channel={channel} />,
    },
    permissions: {
      name: t`Permissions`,
      icon: <ShieldHalf size={18} />,
      content: <ChannelPermissions channel={channel} />,
    },
  }
  return (
    <SettingsFrame
      title={channel.kind === 'folder' ? t`Folder settings` : t`Channel settings`}
      subject={channel.name}
      pages={allowed.map((id) => ({ id, ...pages[id] }))}
      pageId={section}
      routeTo={(id) => ({
        name: 'channel-settings',
        serverId: channel.server_id,
        channelId: channel.id,
        section: id,
      })}
      onClose={closeSettings}
    />
  )
}
