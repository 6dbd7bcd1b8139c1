import { useLingui } from '@lingui/react/macro'
import { type CSSProperties, useState } from 'react'
import { answer, http } from '@/api/client'
import type { DiscoveredServer } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { navigate } from '@/app/router'
import { Avatar } from '@/design/Avatar'
import { Button } from '@/design/Button'
import { hueOf } from '@/design/initials'
import { toast } from '@/design/toasts'
import { ServerCounts } from '@/features/servers/ServerCounts'
import { useProblemText } from '@/i18n/problems'
import { receive, useStore } from '@/state/store'
import styles from './DiscoverScreen.module.css'

/** A public server, with the way into it. */
export function ServerCard({ server }: { server: DiscoveredServer }) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const joined = useStore((state) => server.id in state.servers)
  const [pending, setPending] = useState(false)
  const hue = { '--card-hue': String(hueOf(server.id)) } as CSSProperties
  const open = () => navigate({ name: 'server', serverId: server.id })

  async function join() {
    setPending(true)
    try {
      const params = { path: { server_id: server.id } }
      const data = await answer(http.POST('/servers/{server_id}/join', { params }))
      receive({ type: 'server.created', data })
      open()
    } catch (error) {
      toast(problemText(asProblem(error)), 'danger')
      setPending(false)
    }
  }

  return (
    <li className={styles.card}>
      {server.banner_url ? (
        <img className={styles.banner} src={server.banner_url} alt="" loading="lazy" decoding="async" />
      ) : (
        <div className={`${styles.banner} ${styles.plain}`} style={hue} />
      )}
      <span className={styles.picture}>
        <Avatar id={server.id} name={server.name} url={server.icon_url} size={56} shape="soft" />
      </span>
      <h2 className={styles.name}>{server.name}</h2>
      <p className={styles.description}>{server.description}</p>
      <ServerCounts members={server.member_count} online={server.online_count} />
      {joined ? (
        <Button aria-label={t`Open ${server.name}`} onPress={open}>{t`Open`}</Button>
      ) : (
        <Button
          look="primary"
          aria-label={t`Join ${server.name}`}
          isPending={pending}
          onPress={() => void join()}
        >{t`Join`}</Button>
      )}
    </li>
  )
}
