import { useLingui } from '@lingui/react/macro'
import { Compass, Hash, MailPlus, Plus, SearchX } from 'lucide-react'
import { useState } from 'react'
import { navigate } from '@/app/router'
import { useTitle } from '@/app/title'
import { Button } from '@/design/Button'
import { EmptyState } from '@/design/EmptyState'
import { Logo } from '@/design/Logo'
import { later } from '@/design/later'
import { useAfter } from '@/design/Skeleton'
import { MeBar } from '@/features/me/MeBar'
import { useStore } from '@/state/store'
import styles from './FirstRun.module.css'

const EnterInvitationDialog = later(() => import('@/features/invitations/EnterInvitationDialog'))
const CreateServerDialog = later(() => import('@/features/servers/CreateServerDialog'))

interface FirstRunProps {
  /** A server without a channel to show, or one that is not mine; null when there is no server at all. */
  serverId: string | null
}

/** Whoever has waited so long for their servers may want to sign out. */
const settledMs = 2_000

/** What is shown instead of a conversation when there is none. */
export default function FirstRun({ serverId }: FirstRunProps) {
  const loaded = useStore((state) => state.loaded)
  const known = useStore((state) => serverId !== null && serverId in state.servers)
  const hasServers = useStore((state) => state.serverOrder.length > 0)

  // Soon it may stand in the sidebar: a menu that was opened here would go with it.
  const isSettled = useAfter(settledMs) || loaded

  useTitle(null)

  return (
    <main className={styles.screen}>
      {loaded && serverId !== null && (known ? <NoChannel /> : <NoServer />)}
      {loaded && serverId === null && !hasServers && <Welcome />}
      {isSettled && !hasServers && (
        <div className={styles.me}>
          <MeBar />
        </div>
      )}
    </main>
  )
}

function Welcome() {
  const { t } = useLingui()
  const name = useStore((state) => state.me?.first_name)
  const [creating, setCreating] = useState(false)
  const [entering, setEntering] = useState(false)
  return (
    <>
      <EmptyState
        level={1}
        icon={<Logo size={44} />}
        title={name ? t`Welcome to Beep, ${name}` : t`Welcome to Beep`}
        actions={
          <>
            <Button look="primary" onPress={() => setCreating(true)}>
              <Plus size={18} aria-hidden="true" />
              {t`Create a server`}
            </Button>
            <Button onPress={() => navigate({ name: 'discover' })}>
              <Compass size={18} aria-hidden="true" />
              {t`Find servers`}
            </Button>
            <Button onPress={() => setEntering(true)}>
              <MailPlus size={18} aria-hidden="true" />
              {t`Enter an invitation`}
            </Button>
          </>
        }
      >
        {t`A server is a place for people who belong together: a class, a club, a team. Create one, or join one that is there already.`}
      </EmptyState>
      {entering && <EnterInvitationDialog onClose={() => setEntering(false)} />}
      {creating && <CreateServerDialog onClose={() => setCreating(false)} />}
    </>
  )
}

function NoChannel() {
  const { t } = useLingui()
  return (
    <EmptyState level={1} icon={<Hash />} title={t`No text channel yet`}>
      {t`Once there is one, the conversation is here.`}
    </EmptyState>
  )
}

function NoServer() {
  const { t } = useLingui()
  return (
    <EmptyState
      level={1}
      icon={<SearchX />}
      title={t`There is nothing here`}
      actions={<Button onPress={() => navigate({ name: 'home' })}>{t`Back to my servers`}</Button>}
    >
      {t`This server does not exist, or you may not see it.`}
    </EmptyState>
  )
}
