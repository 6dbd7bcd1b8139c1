import { useLingui } from '@lingui/react/macro'
import { type CSSProperties, type ReactNode, useEffect, useRef, useState } from 'react'
import { Button } from 'react-aria-components'
import { answer, http } from '@/api/client'
import type { Id, Member, UserSummary } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { later } from '@/design/later'
import { toast } from '@/design/toasts'
import { useProblemText } from '@/i18n/problems'
import { lookAt, useStore } from '@/state/store'

const MemberCard = later(() => import('./MemberCard'))

interface MemberCardButtonProps {
  serverId: Id
  user: Pick<UserSummary, 'id' | 'display_name'>
  className: string
  style?: CSSProperties | undefined
  excludeFromTabOrder?: boolean
  children: ReactNode
}

/** A name that opens the card of whom it names. */
export function MemberCardButton({ serverId, user, style, children, ...button }: MemberCardButtonProps) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const known = useStore((state) => state.members[serverId]?.byId[user.id])
  const presence = useStore((state) => state.presences[user.id] ?? 'offline')
  const anchor = useRef<HTMLButtonElement>(null)
  const [card, setCard] = useState<Member | null>(null)
  const name = known?.nickname ?? user.display_name
  const looking = card !== null
  useEffect(() => (looking ? lookAt(user.id) : undefined), [looking, user.id])

  async function open() {
    try {
      const params = { path: { server_id: serverId, user_id: user.id } }
      setCard(known ?? (await answer(http.GET('/servers/{server_id}/members/{user_id}', { params }))))
    } catch (error) {
      const problem = asProblem(error)
      toast(problem.status === 404 ? t`${name} is not a member any more.` : problemText(problem))
    }
  }

  return (
    <>
      <Button {...button} ref={anchor} style={style ?? {}} aria-haspopup="dialog" onPress={() => void open()}>
        {children}
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
