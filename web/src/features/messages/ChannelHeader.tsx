import { useLingui } from '@lingui/react/macro'
import { ArrowLeft, Users } from 'lucide-react'
import type { Channel } from '@/api/contract'
import { toggleMembers, usePanels, useWidth } from '@/app/layout'
import { navigate } from '@/app/router'
import { IconButton } from '@/design/Button'
import { ChannelIcon } from '@/features/channels/ChannelIcon'
import { closeSearch, useSearch } from '@/features/search/search-state'
import styles from './ChannelScreen.module.css'
import { PinsButton } from './pins/PinsButton'
import { SearchButton } from './SearchButton'

/** What the open channel is called and about. */
export function ChannelHeader({ channel }: { channel: Channel }) {
  const { t } = useLingui()
  const width = useWidth()
  const showMembers = () => {
    // Where there is room for one of the two, the search makes way.
    if (useSearch.getState().serverId === null || width !== 'wide') return toggleMembers()
    closeSearch()
    if (!usePanels.getState().membersShown) toggleMembers()
  }
  return (
    <header className={styles.header}>
      {width === 'narrow' && (
        <IconButton
          label={t`Back to the channels`}
          placement="bottom"
          onPress={() => navigate({ name: 'server', serverId: channel.server_id })}
        >
          <ArrowLeft size={20} />
        </IconButton>
      )}
      <span className={styles.kind}>
        <ChannelIcon kind={channel.kind} size={20} />
      </span>
      <h1 className={styles.name}>{channel.name}</h1>
      {channel.topic && width !== 'narrow' ? (
        <p className={styles.topic} title={channel.topic}>
          {channel.topic}
        </p>
      ) : (
        <span className={styles.space} />
      )}
      <SearchButton serverId={channel.server_id} />
      <PinsButton key={channel.id} channel={channel} />
      <IconButton label={t`Members`} placement="bottom" onPress={showMembers}>
        <Users size={20} />
      </IconButton>
    </header>
  )
}
