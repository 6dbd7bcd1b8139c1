import { useLingui } from '@lingui/react/macro'
import type { Id, UserSummary } from '@/api/contract'
import { useNameIn } from '@/features/members/member-names'
import styles from './Typing.module.css'
import { useTypists } from './typists'

const nobody: UserSummary[] = []

/** Who is writing, in one line whose height is always the same. It is read out to nobody who does not go there. */
export function TypingLine({ serverId, channelId }: { serverId: Id; channelId: Id }) {
  const typists = useTypists((state) => state.byChannel[channelId]) ?? nobody
  return (
    <p className={styles.line} aria-live="off" data-testid="typing">
      {typists.length > 0 && (
        <>
          <span className={styles.dots} aria-hidden="true">
            <span />
            <span />
            <span />
          </span>
          <Who serverId={serverId} typists={typists} />
        </>
      )}
    </p>
  )
}

function Who({ serverId, typists }: { serverId: Id; typists: UserSummary[] }) {
  const { t } = useLingui()
  const [one, other, third] = typists
  if (!one) return null
  if (third) return <span className={styles.text}>{t`Several people are typing…`}</span>
  return other ? <Two serverId={serverId} one={one} other={other} /> : <One serverId={serverId} one={one} />
}

function One({ serverId, one }: { serverId: Id; one: UserSummary }) {
  const { t } = useLingui()
  const name = useNameIn(serverId, one)
  return <span className={styles.text}>{t`${name} is typing…`}</span>
}

function Two({ serverId, one, other }: { serverId: Id; one: UserSummary; other: UserSummary }) {
  const { t } = useLingui()
  const name = useNameIn(serverId, one)
  const otherName = useNameIn(serverId, other)
  return <span className={styles.text}>{t`${name} and ${otherName} are typing…`}</span>
}
