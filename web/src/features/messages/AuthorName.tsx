import { useLingui } from '@lingui/react/macro'
import { useEffect, useRef, useState } from 'react'
import { Button } from 'react-aria-components'
import { answer, http } from '@/api/client'
import type { Id, Member, UserSummary } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { later } from '@/design/later'
import { toast } from '@/design/toasts'
import { useNameIn, useNameStyle } from '@/features/members/member-names'
import { useProblemText } from '@/i18n/problems'
import { lookAt, useStore } from '@/state/store'
import styles from './MessageRow.module.css'

const MemberCard = later(() => import('@/features/members/MemberCard'))

interface AuthorNameProps {
  serverId: Id
  author: UserSummary
}

/** Who wrote a message, in the colour of their role; opens their card. */
export function AuthorName({ serverId, author }: AuthorNameProps) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const name = useNameIn(serverId, author)
  const style = useNameStyle(serverId, author.id)
  const known = useStore((state) => state.members[serverId]?.byId[author.id])
  const presence = useStore((state) => state.presences[author.id] ?? 'offline')
  const [card, setCard] = useState<Member | null>(null)
  const looking = card !== null
  useEffect(() => (looking ? lookAt(author.id) : undefined), [looking, author.id])
  const anchor = useRef<HTMLButtonElement>(null)

  async function open() {
    try {
      const params = { path: { server_id: serverId, user_id: author.id } }
      setCard(known ?? (await answer(http.GET('/servers/{server_id}/members/{user_id}', { params }))))
    } catch (error) {
      const problem = asProblem(error)
      toast(problem.status === 404 ? t`${name} is not a member any more.` : problemText(problem))
    }
  }

  return (
    <>
      <Button
        ref={anchor}
        className={styles.author ?? ''}
        style={style ?? {}}
        aria-haspopup="dialog"
        excludeFromTabOrder
        onPress={() => void open()}
      >
        {name}
      </Button>
      {card && (
        <MemberCard
          member={known ?? card}
          presence={presence}
          anchor={anchor}
          placement="right top"
          onClose={() => setCard(null)}
        />
      )}
    </>
  )
}
