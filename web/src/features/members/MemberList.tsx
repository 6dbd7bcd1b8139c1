import { useLingui } from '@lingui/react/macro'
import { Crown } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { Button } from 'react-aria-components'
import { VList } from 'virtua'
import { answer, http } from '@/api/client'
import type { Id, Member } from '@/api/contract'
import { Avatar } from '@/design/Avatar'
import { Button as WordButton } from '@/design/Button'
import { later } from '@/design/later'
import { ContextMenu } from '@/design/Menu'
import { useModerationMenu } from '@/features/moderation/moderation-menu'
import type { Presence } from '@/gateway/protocol'
import { beginMembers, endMembers, receiveMembers, useStore } from '@/state/store'
import styles from './MemberList.module.css'
import { useNameStyle } from './member-names'
import { memberRows, nameOf } from './member-rows'

const MemberCard = later(() => import('./MemberCard'))

const pageSize = 100
/** Beyond this many the list says so instead of fetching without end. */
const mostPages = 20

interface MemberListProps {
  serverId: string
}

/** The members of a server, connected ones first (C8). */
export function MemberList({ serverId }: MemberListProps) {
  const { t, i18n } = useLingui()
  const known = useStore((state) => state.members[serverId])
  const presences = useStore((state) => state.presences)
  const { failed, retry } = useAllMembers(serverId)
  const rows = useMemo(
    () => memberRows(Object.values(known?.byId ?? {}), presences, i18n.locale),
    [known, presences, i18n.locale],
  )
  return (
    <section className={styles.list} aria-label={t`Members`}>
      {failed && (
        <div className={styles.failed} role="alert">
          <p>{t`The members could not be loaded.`}</p>
          <WordButton onPress={retry}>{t`Try again`}</WordButton>
        </div>
      )}
      <VList className={styles.scroller} data={rows} bufferSize={400}>
        {(row) =>
          row.kind === 'heading' ? (
            <h2 key={row.key} className={styles.heading}>
              {row.connected ? t`Connected — ${row.count}` : t`Offline — ${row.count}`}
            </h2>
          ) : (
            <MemberEntry key={row.key} member={row.member} presence={row.presence} />
          )
        }
      </VList>
    </section>
  )
}

function MemberEntry({ member, presence }: { member: Member; presence: Presence }) {
  const { t } = useLingui()
  const owner = useStore((state) => state.servers[member.server_id]?.owner_id === member.user.id)
  const name = nameOf(member)
  const nameStyle = useNameStyle(member.server_id, member.user.id)
  const menu = useModerationMenu(member.server_id, member.user, member)
  const [point, setPoint] = useState<{ x: number; y: number } | null>(null)
  const entry = useRef<HTMLButtonElement>(null)
  const [open, setOpen] = useState(false)
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the same as behind the button of the card */}
      <div
        onContextMenu={(event) => {
          if (menu.length === 0) return
          event.preventDefault()
          setPoint({ x: event.clientX, y: event.clientY })
        }}
      >
        <Button
          ref={entry}
          aria-haspopup="dialog"
          aria-expanded={open}
          onPress={() => setOpen(true)}
          className={`${styles.member} ${presence === 'offline' ? styles.offline : ''}`}
          data-member={member.user.id}
          data-presence={presence}
        >
          <Avatar
            id={member.user.id}
            name={name}
            url={member.user.avatar_url}
            size={32}
            presence={presence}
          />
          <span className={styles.name} style={nameStyle}>
            {name}
          </span>
          {owner && <Crown size={14} role="img" aria-label={t`Owner`} className={styles.owner} />}
        </Button>
      </div>
      {point && (
        <ContextMenu
          label={t`Options of ${name}`}
          groups={menu}
          point={point}
          onClose={() => setPoint(null)}
        />
      )}
      {open && (
        <MemberCard member={member} presence={presence} anchor={entry} onClose={() => setOpen(false)} />
      )}
    </>
  )
}

/** Fetches all members of a server once per session; events keep them true afterwards. */
function useAllMembers(serverId: Id): { failed: boolean; retry: () => void } {
  const complete = useStore((state) => state.members[serverId]?.complete ?? false)
  const present = useStore((state) => serverId in state.servers)
  // A round that a lost connection fell into may have missed something: it begins anew.
  const live = useStore((state) => state.connection === 'live')
  const [failed, setFailed] = useState(false)
  const [round, setRound] = useState(0)

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round is a new attempt
  useEffect(() => {
    if (complete || !present || !live) return
    let current = true
    setFailed(false)
    fetchAll(serverId, () => current).catch(() => current && setFailed(true))
    return () => {
      current = false
    }
  }, [serverId, complete, present, live, round])

  return { failed, retry: () => setRound(round + 1) }
}

async function fetchAll(serverId: Id, wanted: () => boolean): Promise<void> {
  beginMembers(serverId)
  const fetched = new Set<Id>()
  let after: string | null | undefined
  for (let page = 0; page < mostPages; page += 1) {
    const query = { limit: pageSize, ...(after ? { after } : {}) }
    const params = { path: { server_id: serverId }, query }
    const { items, next } = await answer(http.GET('/servers/{server_id}/members', { params }))
    if (!wanted()) return
    receiveMembers(serverId, items)
    for (const member of items) fetched.add(member.user.id)
    after = next
    if (!after) break
  }
  endMembers(serverId, fetched)
}
