import { useLingui } from '@lingui/react/macro'
import { useCallback, useEffect, useState } from 'react'
import type { Message, UserSummary } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { Avatar } from '@/design/Avatar'
import { Button } from '@/design/Button'
import { Dialog } from '@/design/Dialog'
import { toast } from '@/design/toasts'
import { useNameIn } from '@/features/members/member-names'
import { useProblemText } from '@/i18n/problems'
import { mayInChannel, useStore } from '@/state/store'
import styles from './ReactionBar.module.css'
import { clearReactions, fetchReactors } from './reacting'

const pageSize = 100

interface ReactorsDialogProps {
  message: Message
  emoji: string
  onClose: () => void
}

/** Who reacted to a message with an emoji. */
export default function ReactorsDialog({ message, emoji, onClose }: ReactorsDialogProps) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const [people, setPeople] = useState<UserSummary[]>([])
  const [next, setNext] = useState<string | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const { server_id, channel_id } = message
  const moderates = useStore((state) => mayInChannel(state, server_id, channel_id, 'manage_messages'))

  const load = useCallback(
    async (after: string | null) => {
      const page = await fetchReactors(message, emoji, pageSize, after)
      setPeople((known) => (after ? [...known, ...page.items] : page.items))
      setNext(page.next ?? null)
    },
    [message, emoji],
  )
  const fail = (error: unknown) => setProblem(problemText(asProblem(error)))

  // biome-ignore lint/correctness/useExhaustiveDependencies: what goes wrong is told once
  useEffect(() => {
    load(null).catch(fail)
  }, [load])

  function clear() {
    clearReactions(message, emoji).then(onClose, (error) => toast(problemText(asProblem(error)), 'danger'))
  }

  return (
    <Dialog
      title={t`Reacted with ${emoji}`}
      onClose={onClose}
      actions={moderates && <Button look="danger" onPress={clear}>{t`Remove all of ${emoji}`}</Button>}
    >
      <div role="alert">{problem}</div>
      <ul className={styles.people} aria-label={t`Reacted with ${emoji}`}>
        {people.map((person) => (
          <Person key={person.id} serverId={server_id} person={person} />
        ))}
      </ul>
      {next && <Button onPress={() => void load(next).catch(fail)}>{t`Show more`}</Button>}
    </Dialog>
  )
}

function Person({ serverId, person }: { serverId: string; person: UserSummary }) {
  const name = useNameIn(serverId, person)
  return (
    <li className={styles.person}>
      <Avatar id={person.id} name={name} url={person.avatar_url} size={32} />
      {name}
    </li>
  )
}
