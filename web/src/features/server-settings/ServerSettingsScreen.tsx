import { useLingui } from '@lingui/react/macro'
import { Ban, Home, Link2, ScrollText, ShieldHalf, TriangleAlert, UsersRound } from 'lucide-react'
import { useEffect } from 'react'
import { useShallow } from 'zustand/react/shallow'
import type { Id, Server } from '@/api/contract'
import { closeSettings } from '@/app/beneath'
import { Queries } from '@/app/queries'
import { InvitationList } from '@/features/invitations/InvitationList'
import { RolesSection } from '@/features/roles/RolesSection'
import { SettingsFrame, type SettingsPage } from '@/features/settings/SettingsFrame'
import { useStore } from '@/state/store'
import { AuditLogSection } from './AuditLogSection'
import { type ServerSettingsPage, settingsPages } from './access'
import { BansSection } from './BansSection'
import { DangerSection } from './DangerSection'
import { MembersSection } from './MembersSection'
import { OverviewSection } from './OverviewSection'

interface ServerSettingsScreenProps {
  serverId: Id
  section: string
}

/** A server's settings, as far as I may see them, over everything (S7, S9). */
export default function ServerSettingsScreen({ serverId, section }: ServerSettingsScreenProps) {
  const loaded = useStore((state) => state.loaded)
  const server = useStore((state) => state.servers[serverId])
  const allowed = useStore(useShallow((state) => settingsPages(state, serverId)))
  // Who is not in the server any more, or may not change anything in it, is led back.
  const over = loaded && allowed.length === 0

  useEffect(() => {
    if (!over) return
    const closing = setTimeout(closeSettings)
    return () => clearTimeout(closing)
  }, [over])

  if (!loaded) return null
  // When it is over, what stands in the settings goes first, and then they: a dialog above them that went at the same
  // moment would leave all beneath out of reach.
  return (
    <Queries>
      <Screen serverId={serverId} server={server} allowed={allowed} section={section} />
    </Queries>
  )
}

interface ScreenProps {
  serverId: Id
  server: Server | undefined
  allowed: ServerSettingsPage[]
  section: string
}

function Screen({ serverId, server, allowed, section }: ScreenProps) {
  const { t } = useLingui()
  const contents = useContents()
  return (
    <SettingsFrame
      title={t`Server settings`}
      subject={server?.name ?? ''}
      pages={server ? allowed.map((id) => ({ id, ...contents(server)[id] })) : []}
      pageId={section}
      routeTo={(id) => ({ name: 'server-settings', serverId, section: id })}
      onClose={closeSettings}
    />
  )
}

function useContents(): (server: Server) => Record<ServerSettingsPage, Omit<SettingsPage, 'id'>> {
  const { t } = useLingui()
  return (server) => ({
    overview: { name: t`Overview`, icon: <Home size={18} />, content: <OverviewSection server={server} /> },
    roles: { name: t`Roles`, icon: <ShieldHalf size={18} />, content: <RolesSection serverId={server.id} /> },
    members: {
      name: t`Members`,
      icon: <UsersRound size={18} />,
      content: <MembersSection serverId={server.id} />,
    },
    invitations: {
      name: t`Invitations`,
      icon: <Link2 size={18} />,
      content: <InvitationList serverId={server.id} />,
    },
    bans: { name: t`Bans`, icon: <Ban size={18} />, content: <BansSection serverId={server.id} /> },
    'audit-log': {
      name: t`Audit log`,
      icon: <ScrollText size={18} />,
      content: <AuditLogSection serverId={server.id} />,
    },
    danger: {
      name: t`Danger zone`,
      icon: <TriangleAlert size={18} />,
      content: <DangerSection server={server} />,
    },
  })
}
