import type { Id, UserSummary } from '@/api/contract'
import { MemberCardButton } from '@/features/members/MemberCardButton'
import { isErased, useNameIn, useNameStyle } from '@/features/members/member-names'
import styles from './MessageRow.module.css'

interface AuthorNameProps {
  serverId: Id
  author: UserSummary
}

/** Who wrote a message, in the colour of their role; opens their card, if they still have an account. */
export function AuthorName({ serverId, author }: AuthorNameProps) {
  const name = useNameIn(serverId, author)
  const style = useNameStyle(serverId, author.id)
  if (isErased(author)) return <span className={styles.erased}>{name}</span>
  return (
    <MemberCardButton
      serverId={serverId}
      user={author}
      className={styles.author ?? ''}
      style={style}
      excludeFromTabOrder
    >
      {name}
    </MemberCardButton>
  )
}
