import { useLingui } from '@lingui/react/macro'
import { useEffect } from 'react'
import { ConnectionBar } from '@/app/ConnectionBar'
import { fetchLater, later } from '@/design/later'
import { Sidebar } from '@/features/channels/Sidebar'
import { ChannelScreen } from '@/features/messages/ChannelScreen'
import { closeSearch, useSearch } from '@/features/search/search-state'
import { Rail } from '@/features/servers/Rail'
import type { MemberRange } from '@/gateway/protocol'
import { withLaterTexts } from '@/i18n/locale'
import { useStore } from '@/state/store'
import { useRouteBeneath } from './beneath'
import { rememberChannel, useLanding } from './landing'
import { usePanels, useWidth, type Width } from './layout'
import { liesOver, type Route, useRoute } from './router'
import styles from './Shell.module.css'
import { gateway } from './session'

const ViewAsBar = later(() => withLaterTexts(import('@/features/roles/ViewAsBar')))
const DeletionBar = later(() => withLaterTexts(import('@/features/settings/DeletionBar')))
const Drawer = later(() => import('./Drawer'))
const MemberList = later(() => import('@/features/members/MemberList'))
const FirstRun = later(() => withLaterTexts(import('@/features/first-run/FirstRun')))
const SearchPanel = later(() => withLaterTexts(import('@/features/search/SearchPanel')))
const DiscoverScreen = later(() => withLaterTexts(import('@/features/discovery/DiscoverScreen')))

/** The signed-in client: rail, sidebar, conversation, members, as many of them as fit. */
export default function Shell() {
  const route = useRouteBeneath()
  const width = useWidth()
  const serverId = 'serverId' in route ? route.serverId : null
  const loaded = useStore((state) => state.loaded)
  const viewed = useStore((state) => state.viewedAs !== null && state.viewedAs.serverId === serverId)
  const leaving = useStore((state) => state.me?.deletion_at)
  useSubscription(serverId)
  useEffect(() => {
    if (loaded) fetchLater()
  }, [loaded])
  // Beneath the settings nothing moves: their address is the one that counts.
  useLanding(liesOver(useRoute()) ? { name: 'settings', section: '' } : route, width)

  return (
    <div className={styles.shell} data-width={width}>
      <ConnectionBar />
      {leaving && <DeletionBar />}
      {serverId && viewed && <ViewAsBar />}
      <div className={styles.panes}>
        {showsNavigation(route, width) && (
          <>
            <Rail serverId={serverId} />
            {serverId && (
              <div className={styles.sidebar}>
                <Sidebar serverId={serverId} channelId={route.name === 'channel' ? route.channelId : null} />
              </div>
            )}
          </>
        )}
        <Main route={route} width={width} />
      </div>
    </div>
  )
}

function Main({ route, width }: { route: Route; width: Width }) {
  const { t } = useLingui()
  const panels = usePanels()
  const searches = useSearch((state) => state.serverId !== null && state.serverId === serverIdOf(route))
  if (route.name === 'channel') {
    const members = <MemberList serverId={route.serverId} channelId={route.channelId} />
    return (
      <>
        <ChannelScreen serverId={route.serverId} channelId={route.channelId} messageId={route.messageId} />
        {searches && width === 'wide' && (
          <aside className={styles.search}>
            <SearchPanel serverId={route.serverId} channelId={route.channelId} isOver={false} />
          </aside>
        )}
        {searches && width !== 'wide' && (
          <Drawer label={t`Search`} wide whole onClose={closeSearch}>
            <SearchPanel serverId={route.serverId} channelId={route.channelId} isOver />
          </Drawer>
        )}
        {!searches && width === 'wide' && panels.membersShown && (
          <aside className={styles.members}>{members}</aside>
        )}
        {width !== 'wide' && panels.membersDrawer && (
          <Drawer label={t`Members`} onClose={() => usePanels.setState({ membersDrawer: false })}>
            {members}
          </Drawer>
        )}
      </>
    )
  }
  if (route.name === 'discover') return <DiscoverScreen />
  if (route.name === 'server' && width === 'narrow') return null
  return <FirstRun serverId={route.name === 'server' ? route.serverId : null} />
}

function serverIdOf(route: Route): string | null {
  return 'serverId' in route ? route.serverId : null
}

/** On a phone a conversation and discovery have the screen to themselves. */
function showsNavigation(route: Route, width: Width): boolean {
  if (width !== 'narrow') return true
  return route.name !== 'channel' && route.name !== 'discover'
}

const none: MemberRange[] = []

function useSubscription(serverId: string | null): void {
  const route = useRoute()
  const channelId = route.name === 'channel' ? route.channelId : null
  const known = useStore((state) => serverId !== null && serverId in state.servers)
  const member_ranges = useStore(({ memberList }) =>
    memberList && memberList.channelId === channelId ? memberList.wanted : none,
  )
  const user_ids = useStore((state) => state.looked)
  useEffect(() => {
    if (!serverId || !known) return
    gateway()?.subscribe({ server_id: serverId, channel_id: channelId, member_ranges, user_ids })
  }, [serverId, channelId, known, member_ranges, user_ids])
  useEffect(() => {
    if (serverId && channelId) rememberChannel(serverId, channelId)
  }, [serverId, channelId])
}
