import { useLingui } from '@lingui/react/macro'
import { Crown } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { Button } from 'react-aria-components'
import { VList } from 'virtua'
import { useShallow } from 'zustand/react/shallow'
import { answer, http } from '@/api/client'
import type { Id, Member } from '@/api/contract'
import { Avatar } from '@/design/Avatar'
import { Button as WordButton } from '@/design/Button'
import { later } from '@/design/later'
import { ContextMenu } from '@/design/Menu'
import { useModerationMenu } from '@/features/moderation/moderation-menu'
import type { Presence } from '@/gateway/protocol'
import { viewersOf } from '@/state/server-members'
import { beginMembers, endMembers, receiveMembers, selectRoles, useStore } from '@/state/store'
import styles from './MemberList.module.css'
import { useNameStyle } from './member-names'
import { memberRows, nameOf } from './member-rows'

const MemberCard = later(() => import('./MemberCard'))

const pageSize = 100
/** Beyond this many the list says so instead of fetching without end. */
const mostPages = 20
/** How soon who sees a channel is asked again, when others may see it by now. */
const askAgainAfter = 5_000

interface MemberListProps {
  serverId: string
  channelId: string
}

/** The members who see a channel: connected ones first, by the roles that stand apart (C8). */
export function MemberList({ serverId, channelId }: MemberListProps) {
  const { t, i18n } = useLingui()
  const known = useStore((state) => state.members[serverId])
  const isPrivate = useStore((state) => state.channels[channelId]?.private ?? false)
  const presences = useStore((state) => state.presences)
  const roles = useStore(useShallow((state) => selectRoles(state, serverId)))
  const { failed, retry } = useViewers(serverId, channelId)
  const rows = useMemo(() => {
    const viewers = known ? viewersOf(known, channelId, isPrivate) : []
    return memberRows(viewers, presences, roles, i18n.locale)
  }, [known, channelId, isPrivate, presences, roles, i18n.locale])
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
              {row.role
                ? `${row.role.name} — ${row.count}`
                : row.connected
                  ? t`Connected — ${row.count}`
                  : t`Offline — ${row.count}`}
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

/** Fetches all who see a channel, and again when others may see it. */
function useViewers(serverId: Id, channelId: Id): { failed: boolean; retry: () => void } {
  const viewers = useStore((state) => state.members[serverId]?.viewers)
  const fetched = viewers?.channelId === channelId
  const complete = useStore((state) => state.members[serverId]?.complete ?? false) && fetched
  const present = useStore((state) => channelId in state.channels)
  // A round that a lost connection fell into may have missed something: it begins anew.
  const live = useStore((state) => state.connection === 'live')
  const [failed, setFailed] = useState(false)
  const [round, setRound] = useState(0)

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round is a new attempt
  useEffect(() => {
    if (complete || !present || !live) return
    let current = true
    setFailed(false)
    const fetch = () => fetchAll(serverId, channelId, () => current).catch(() => current && setFailed(true))
    const timer = setTimeout(fetch, fetched ? askAgainAfter : 0)
    return () => {
      current = false
      clearTimeout(timer)
    }
  }, [serverId, channelId, complete, viewers, present, live, round])

  return { failed, retry: () => setRound(round + 1) }
}

async function fetchAll(serverId: Id, channelId: Id, wanted: () => boolean): Promise<void> {
  beginMembers(serverId)
  const fetched = new Set<Id>()
  const path = { server_id: serverId, channel_id: channelId }
  let after: string | null | undefined
  for (let page = 0; page < mostPages; page += 1) {
    const query = { limit: pageSize, ...(after ? { after } : {}) }
    const { items, next } = await answer(
      http.GET('/servers/{server_id}/channels/{channel_id}/members', { params: { path, query } }),
    )
    if (!wanted()) return
    receiveMembers(serverId, items)
    for (const member of items) fetched.add(member.user.id)
    after = next
    if (!after) break
  }
  endMembers(serverId, channelId, fetched)
}
