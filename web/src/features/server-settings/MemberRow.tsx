import type { ReactNode } from 'react'
import type { Member } from '@/api/contract'
import { Avatar } from '@/design/Avatar'
import { nameOf } from '@/features/members/member-names'
import { useStore } from '@/state/store'
import styles from './Section.module.css'

interface MemberRowProps {
  /** As it was fetched; what events told since is shown instead. */
  member: Member
  /** Beneath the name. */
  detail?: ReactNode
  /** What can be done, at the end of the line. */
  children?: (member: Member) => ReactNode
}

/** A member in a list of settings. */
export function MemberRow({ member: fetched, detail, children }: MemberRowProps) {
  const member = useStore((state) => state.members[fetched.server_id]?.byId[fetched.user.id]) ?? fetched
  const { user } = member
  return (
    <li className={styles.row}>
      <Avatar id={user.id} name={nameOf(member)} url={user.avatar_url} size={32} />
      <div className={styles.about}>
        <span className={styles.name}>{nameOf(member)}</span>
        <span className={styles.quiet}>@{user.username}</span>
        {detail}
      </div>
      {children?.(member)}
    </li>
  )
}
