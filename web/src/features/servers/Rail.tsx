import { useLingui } from '@lingui/react/macro'
import { Compass, Plus } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'react-aria-components'
import { useShallow } from 'zustand/react/shallow'
import type { Server } from '@/api/contract'
import { navigate, pathOf, useRoute } from '@/app/router'
import { useShortcut } from '@/app/shortcuts'
import { Avatar } from '@/design/Avatar'
import { IconButton } from '@/design/Button'
import { later } from '@/design/later'
import { Tip } from '@/design/Tooltip'
import { InboxButton } from '@/features/invitations/InboxButton'
import { MentionBadge } from '@/features/unread/MentionBadge'
import { useUnreadName } from '@/features/unread/unread-words'
import { selectServers, useStore } from '@/state/store'
import { unreadOfServer } from '@/state/unread'
import styles from './Rail.module.css'

const CreateServerDialog = later(() => import('./CreateServerDialog'))

interface RailProps {
  /** The server that is open. */
  serverId: string | null
}

/** My servers, and the ways to more. */
export function Rail({ serverId }: RailProps) {
  const { t } = useLingui()
  const servers = useStore(useShallow(selectServers))
  const route = useRoute()
  const [creating, setCreating] = useState(false)
  useServerKeys(servers, serverId)

  return (
    <nav className={styles.rail} aria-label={t`Servers`}>
      <ul className={styles.servers}>
        {servers.map((server) => (
          <RailServer key={server.id} server={server} isOpen={server.id === serverId} />
        ))}
      </ul>
      <div className={styles.more}>
        <InboxButton />
        <IconButton label={t`Create a server`} placement="right" onPress={() => setCreating(true)}>
          <Plus size={20} />
        </IconButton>
        <Tip label={t`Find servers`} placement="right">
          <Link
            href="/discover"
            className={styles.discover ?? ''}
            aria-label={t`Find servers`}
            aria-current={route.name === 'discover' ? 'page' : undefined}
          >
            <Compass size={20} />
          </Link>
        </Tip>
      </div>
      {creating && <CreateServerDialog onClose={() => setCreating(false)} />}
    </nav>
  )
}

/** The way into a server, with what is unread there. */
function RailServer({ server, isOpen }: { server: Server; isOpen: boolean }) {
  const unread = useStore(useShallow((state) => unreadOfServer(state, server.id)))
  const named = useUnreadName()
  return (
    <li className={styles.entry} data-open={isOpen} data-unread={unread.unread || undefined}>
      <Tip label={server.name} placement="right">
        <Link
          href={pathOf({ name: 'server', serverId: server.id })}
          className={styles.link ?? ''}
          aria-label={named(server.name, unread)}
          aria-current={isOpen ? 'page' : undefined}
        >
          <Avatar id={server.id} name={server.name} url={server.icon_url} size={44} shape="soft" />
        </Link>
      </Tip>
      <span className={styles.mentions}>
        <MentionBadge count={unread.mentions} />
      </span>
    </li>
  )
}

/** Ctrl+Alt+↑ and Ctrl+Alt+↓ go to the server above and below. */
function useServerKeys(servers: Server[], serverId: string | null): void {
  function go(step: 1 | -1) {
    const index = servers.findIndex((server) => server.id === serverId)
    const next = servers[(index + step + servers.length) % servers.length]
    if (next) navigate({ name: 'server', serverId: next.id })
  }
  useShortcut('Ctrl+Alt+ArrowUp', () => go(-1))
  useShortcut('Ctrl+Alt+ArrowDown', () => go(1))
}
