import { useLingui } from '@lingui/react/macro'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { ShieldCheck } from 'lucide-react'
import { useState } from 'react'
import { answer, http } from '@/api/client'
import type { Ban, Id } from '@/api/contract'
import { Avatar } from '@/design/Avatar'
import { Button } from '@/design/Button'
import { EmptyState } from '@/design/EmptyState'
import { FormDialog } from '@/design/FormDialog'
import { accountName } from '@/features/members/member-names'
import { useTimes } from '@/i18n/times'
import { Pages } from './Pages'
import styles from './Section.module.css'

const pageSize = 50

/** Who is banned, by whom and why, and the way to lift it. */
export function BansSection({ serverId }: { serverId: Id }) {
  const { t } = useLingui()
  const [lifting, setLifting] = useState<Ban | null>(null)
  const bans = useInfiniteQuery({
    queryKey: ['bans', serverId],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: pageSize, ...(pageParam ? { after: pageParam } : {}) }
      const params = { path: { server_id: serverId }, query }
      return answer(http.GET('/servers/{server_id}/bans', { params, signal }))
    },
    getNextPageParam: (page) => page.next ?? undefined,
    refetchOnMount: 'always',
  })
  return (
    <div className={styles.body}>
      <Pages
        label={t`Bans`}
        fetched={bans}
        empty={
          <EmptyState icon={<ShieldCheck />} title={t`Nobody is banned`}>
            {t`Whoever is banned from this server stands here, and cannot come back until the ban is lifted.`}
          </EmptyState>
        }
      >
        {(ban) => <BanRow key={ban.user.id} ban={ban} onLift={() => setLifting(ban)} />}
      </Pages>
      {lifting && <LiftBanDialog serverId={serverId} ban={lifting} onClose={() => setLifting(null)} />}
    </div>
  )
}

function BanRow({ ban, onLift }: { ban: Ban; onLift: () => void }) {
  const { t } = useLingui()
  const times = useTimes()
  const { user } = ban
  const name = accountName(user)
  return (
    <li className={styles.row}>
      <Avatar id={user.id} name={name} url={user.avatar_url} size={32} />
      <div className={styles.about}>
        <span className={styles.name}>{name}</span>
        <span className={styles.quiet}>
          @{user.username} · {times.date(ban.created_at)}
        </span>
        {ban.reason && <span>{ban.reason}</span>}
      </div>
      <Button aria-label={t`Lift the ban on ${name}`} onPress={onLift}>{t`Lift`}</Button>
    </li>
  )
}

interface LiftBanDialogProps {
  serverId: Id
  ban: Ban
  onClose: () => void
}

function LiftBanDialog({ serverId, ban, onClose }: LiftBanDialogProps) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const name = accountName(ban.user)

  async function lift() {
    const params = { path: { server_id: serverId, user_id: ban.user.id } }
    await answer(http.DELETE('/servers/{server_id}/bans/{user_id}', { params }))
    await queries.invalidateQueries({ queryKey: ['bans', serverId] })
  }

  return (
    <FormDialog
      title={t`Lift the ban on ${name}?`}
      submit={t`Lift the ban`}
      onSubmit={lift}
      onClose={onClose}
    >
      {() => <p>{t`They can join again, as if nothing had been.`}</p>}
    </FormDialog>
  )
}
