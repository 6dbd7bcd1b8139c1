import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import type { RefObject } from 'react'
import { Dialog, Popover } from 'react-aria-components'
import { useShallow } from 'zustand/react/shallow'
import { answer, http } from '@/api/client'
import type { Member } from '@/api/contract'
import { useWidth } from '@/app/layout'
import { Queries } from '@/app/queries'
import { Avatar } from '@/design/Avatar'
import type { Presence } from '@/gateway/protocol'
import { useTimes } from '@/i18n/times'
import { selectRoles, useStore } from '@/state/store'
import styles from './MemberCard.module.css'
import { nameOf } from './member-rows'

interface CardProps {
  member: Member
  presence: Presence
}

interface MemberCardProps extends CardProps {
  /** What it stands beside. */
  anchor: RefObject<HTMLElement | null>
  onClose: () => void
}

/** Who a member is, beside the entry of the list; shown as long as it is rendered. */
export default function MemberCard({ anchor, onClose, ...card }: MemberCardProps) {
  const width = useWidth()
  return (
    <Popover
      isOpen
      onOpenChange={(open) => !open && onClose()}
      triggerRef={anchor}
      placement={width === 'narrow' ? 'bottom' : 'left top'}
      offset={8}
      className={styles.popover ?? ''}
    >
      <Dialog className={styles.card ?? ''} aria-label={nameOf(card.member)}>
        <Queries>
          <Card {...card} />
        </Queries>
      </Dialog>
    </Popover>
  )
}

function Card({ member, presence }: CardProps) {
  const { t } = useLingui()
  const times = useTimes()
  const { id, username, avatar_url } = member.user
  const roles = useStore(
    useShallow((state) =>
      selectRoles(state, member.server_id).filter((role) => member.role_ids.includes(role.id)),
    ),
  )
  const profile = useQuery({
    queryKey: ['profile', id],
    queryFn: () => answer(http.GET('/users/{user_id}', { params: { path: { user_id: id } } })),
  })
  return (
    <>
      <Avatar id={id} name={nameOf(member)} url={avatar_url} size={72} presence={presence} />
      <h3 className={styles.cardName}>{nameOf(member)}</h3>
      <p className={styles.quiet}>@{username}</p>
      {profile.data?.status_text && <p>{profile.data.status_text}</p>}
      {profile.data?.biography && <p className={styles.biography}>{profile.data.biography}</p>}
      {roles.length > 0 && (
        <ul className={styles.roles} aria-label={t`Roles`}>
          {roles.map((role) => (
            <li key={role.id}>{role.name}</li>
          ))}
        </ul>
      )}
      <p className={styles.quiet}>{t`Member since ${times.date(member.joined_at)}`}</p>
    </>
  )
}
