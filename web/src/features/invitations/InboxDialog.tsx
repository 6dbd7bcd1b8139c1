import { useLingui } from '@lingui/react/macro'
import { MailOpen } from 'lucide-react'
import { useState } from 'react'
import type { Invitation } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { navigate } from '@/app/router'
import { Avatar } from '@/design/Avatar'
import { Button } from '@/design/Button'
import { Dialog } from '@/design/Dialog'
import { EmptyState } from '@/design/EmptyState'
import { accountName } from '@/features/members/member-names'
import { useProblemText } from '@/i18n/problems'
import styles from './Invitations.module.css'
import { acceptInvitation, declineInvitation, useInbox } from './inbox'

/** What I am invited to by name, with the answer to it (S4). */
export default function InboxDialog({ onClose }: { onClose: () => void }) {
  const { t } = useLingui()
  const received = useInbox((inbox) => inbox.received)
  return (
    <Dialog title={t`My invitations`} onClose={onClose}>
      {received.length === 0 ? (
        <EmptyState icon={<MailOpen />} title={t`No invitation waits for you`} />
      ) : (
        <ul className={styles.list} aria-label={t`My invitations`}>
          {received.map((invitation) => (
            <Entry key={invitation.code} invitation={invitation} onClose={onClose} />
          ))}
        </ul>
      )}
    </Dialog>
  )
}

function Entry({ invitation, onClose }: { invitation: Invitation; onClose: () => void }) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const { server, inviter, code } = invitation
  const by = inviter && accountName(inviter)
  const [pending, setPending] = useState<'accept' | 'decline' | null>(null)
  const [problem, setProblem] = useState<string | null>(null)

  async function reply(kind: 'accept' | 'decline') {
    setPending(kind)
    setProblem(null)
    try {
      if (kind === 'decline') return await declineInvitation(code)
      navigate({ name: 'server', serverId: await acceptInvitation(code) })
      onClose()
    } catch (error) {
      setProblem(problemText(asProblem(error)))
      setPending(null)
    }
  }

  return (
    <li className={styles.received}>
      <div className={styles.row}>
        <Avatar id={server.id} name={server.name} url={server.icon_url} size={44} shape="soft" />
        <div className={styles.who}>
          <p className={styles.name}>{server.name}</p>
          {by && <p className={styles.hint}>{t`${by} invites you.`}</p>}
        </div>
      </div>
      <div role="alert">{problem && <p className={styles.problem}>{problem}</p>}</div>
      <div className={styles.replies}>
        <Button
          isPending={pending === 'decline'}
          aria-label={t`Decline ${server.name}`}
          onPress={() => void reply('decline')}
        >{t`Decline`}</Button>
        <Button
          look="primary"
          isPending={pending === 'accept'}
          aria-label={t`Accept ${server.name}`}
          onPress={() => void reply('accept')}
        >{t`Accept`}</Button>
      </div>
    </li>
  )
}
