import { useLingui } from '@lingui/react/macro'
import { MoreHorizontal } from 'lucide-react'
import type { RefObject } from 'react'
import { Dialog, Popover } from 'react-aria-components'
import { useShallow } from 'zustand/react/shallow'
import type { Member } from '@/api/contract'
import { useWidth } from '@/app/layout'
import { Queries } from '@/app/queries'
import { Avatar } from '@/design/Avatar'
import { IconButton } from '@/design/Button'
import { Menu } from '@/design/Menu'
import { useModerationMenu } from '@/features/moderation/moderation-menu'
import type { Presence } from '@/gateway/protocol'
import { useTimes } from '@/i18n/times'
import { selectRoles, useStore } from '@/state/store'
import styles from './MemberCard.module.css'
import { nameOf, useNameStyle } from './member-names'
import { useProfile } from './profile'

interface CardProps {
  member: Member
  presence: Presence
}

interface MemberCardProps extends CardProps {
  /** What it stands beside. */
  anchor: RefObject<HTMLElement | null>
  placement?: 'left top' | 'right top'
  onClose: () => void
}

/** Who a member is, beside the entry of the list; shown as long as it is rendered. */
export default function MemberCard({ anchor, placement = 'left top', onClose, ...card }: MemberCardProps) {
  const width = useWidth()
  return (
    <Popover
      isOpen
      onOpenChange={(open) => !open && onClose()}
      triggerRef={anchor}
      placement={width === 'narrow' ? 'bottom' : placement}
      offset={8}
      className={styles.popover ?? ''}
    >
      <Dialog className={styles.card ?? ''} aria-label={nameOf(card.member)}>
        <Queries>
          <Card {...card} onClose={onClose} />
        </Queries>
      </Dialog>
    </Popover>
  )
}

function Card({ member, presence, onClose }: CardProps & { onClose: () => void }) {
  const { t } = useLingui()
  const times = useTimes()
  const { id, username, avatar_url } = member.user
  const nameStyle = useNameStyle(member.server_id, id)
  const roles = useStore(
    useShallow((state) =>
      selectRoles(state, member.server_id).filter((role) => member.role_ids.includes(role.id)),
    ),
  )
  const profile = useProfile(id)
  return (
    <>
      {profile.data?.banner_url && (
        <img className={styles.banner} src={profile.data.banner_url} alt="" decoding="async" />
      )}
      <Avatar id={id} name={nameOf(member)} url={avatar_url} size={72} presence={presence} />
      <div className={styles.top}>
        <h3 className={styles.cardName} style={nameStyle}>
          {nameOf(member)}
        </h3>
        <CardMenu member={member} onClose={onClose} />
      </div>
      <p className={styles.quiet}>@{username}</p>
      {profile.data?.status_text && <p>{profile.data.status_text}</p>}
      {profile.data?.biography && <p className={styles.biography}>{profile.data.biography}</p>}
      {roles.length > 0 && (
        <ul className={styles.roles} aria-label={t`Roles`}>
          {roles.map((role) => (
            <li key={role.id}>
              <span className={styles.dot} style={role.color ? { backgroundColor: role.color } : undefined} />
              {role.name}
            </li>
          ))}
        </ul>
      )}
      <TimeOutNote member={member} />
      <p className={styles.quiet}>{t`Member since ${times.date(member.joined_at)}`}</p>
    </>
  )
}

/** What I may do about the member; the card closes, for a dialog comes. */
function CardMenu({ member, onClose }: { member: Member; onClose: () => void }) {
  const { t } = useLingui()
  const groups = useModerationMenu(member.server_id, member.user, member)
  if (groups.length === 0) return null
  const label = t`Options of ${nameOf(member)}`
  const closing = groups.map((group) =>
    group.map((action) => ({
      ...action,
      onAction: () => {
        action.onAction()
        onClose()
      },
    })),
  )
  return (
    <Menu label={label} groups={closing}>
      <IconButton label={label}>
        <MoreHorizontal size={18} />
      </IconButton>
    </Menu>
  )
}

function TimeOutNote({ member }: { member: Member }) {
  const { t } = useLingui()
  const times = useTimes()
  const until = member.timeout_until
  if (!until || Date.parse(until) <= Date.now()) return null
  return <p className={styles.quiet}>{t`In a time-out until ${times.full(until)}`}</p>
}
