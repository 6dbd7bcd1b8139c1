import { Plural, useLingui } from '@lingui/react/macro'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Check, Copy, Link2, Trash2 } from 'lucide-react'
import { answer, http } from '@/api/client'
import type { Id, Invitation } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { Queries } from '@/app/queries'
import { Avatar } from '@/design/Avatar'
import { Button, IconButton } from '@/design/Button'
import { EmptyState } from '@/design/EmptyState'
import { toast } from '@/design/toasts'
import { accountName } from '@/features/members/member-names'
import { useProblemText } from '@/i18n/problems'
import { useTimes } from '@/i18n/times'
import styles from './Invitations.module.css'
import { useInbox } from './inbox'
import { linkOf, useCopied } from './links'

const pageSize = 50

/** A server's invitations that can still be accepted: all of them for whoever manages them, otherwise one's own. */
export function InvitationList({ serverId }: { serverId: Id }) {
  return (
    <Queries>
      <Pages serverId={serverId} />
    </Queries>
  )
}

function Pages({ serverId }: { serverId: Id }) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const changes = useInbox((inbox) => inbox.changes)
  const found = useInfiniteQuery({
    queryKey: ['invitations', serverId, changes],
    initialPageParam: '',
    queryFn: async ({ pageParam, signal }) => {
      const query = { limit: pageSize, ...(pageParam ? { after: pageParam } : {}) }
      const params = { path: { server_id: serverId }, query }
      return answer(http.GET('/servers/{server_id}/invitations', { params, signal }))
    },
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: (before) => before,
    refetchOnMount: 'always',
  })
  if (found.isError) {
    return (
      <EmptyState
        title={problemText(asProblem(found.error))}
        actions={<Button onPress={() => void found.refetch()}>{t`Try again`}</Button>}
      />
    )
  }
  if (!found.data) return null
  const invitations = found.data.pages.flatMap((page) => page.items)
  if (invitations.length === 0) {
    return (
      <EmptyState icon={<Link2 />} title={t`No invitations`}>
        {t`Links and invitations that can still be accepted are listed here.`}
      </EmptyState>
    )
  }
  return (
    <>
      <ul className={styles.list} aria-label={t`Invitations`}>
        {invitations.map((invitation) => (
          <Entry key={invitation.code} invitation={invitation} onRevoked={() => void found.refetch()} />
        ))}
      </ul>
      {found.hasNextPage && (
        <Button isPending={found.isFetchingNextPage} onPress={() => void found.fetchNextPage()}>
          {t`Show more`}
        </Button>
      )}
    </>
  )
}

function Entry({ invitation, onRevoked }: { invitation: Invitation; onRevoked: () => void }) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const times = useTimes()
  const [copied, copy] = useCopied()
  const { code, inviter, user, uses, max_uses: limit, expires_at: end } = invitation
  const name = user && accountName(user)
  const by = inviter && accountName(inviter)

  async function revoke() {
    try {
      await answer(http.DELETE('/invitations/{code}', { params: { path: { code } } }))
    } catch (error) {
      // Somebody else was faster: it is gone all the same.
      if (asProblem(error).status !== 404) return toast(problemText(asProblem(error)), 'danger')
    }
    onRevoked()
  }

  return (
    <li className={styles.row}>
      {user ? (
        <Avatar id={user.id} name={accountName(user)} url={user.avatar_url} size={36} />
      ) : (
        <span className={styles.symbol} aria-hidden="true">
          <Link2 size={18} />
        </span>
      )}
      <div className={styles.who}>
        <p className={styles.name}>{name ?? code}</p>
        <p className={styles.hint}>
          {by && t`by ${by}`}
          {!user && (
            <>
              {' · '}
              {limit ? (
                t`${uses} of ${limit} used`
              ) : (
                <Plural value={uses} one="used once" other="used # times" />
              )}
            </>
          )}
          {' · '}
          {end ? t`until ${times.full(end)}` : t`without an end`}
        </p>
      </div>
      {!user && (
        <IconButton
          label={copied ? t`Copied` : t`Copy the link ${code}`}
          onPress={() => copy(linkOf(invitation))}
        >
          {copied ? <Check size={16} /> : <Copy size={16} />}
        </IconButton>
      )}
      <IconButton
        danger
        label={user ? t`Revoke the invitation of ${name}` : t`Revoke the link ${code}`}
        onPress={() => void revoke()}
      >
        <Trash2 size={16} />
      </IconButton>
    </li>
  )
}
