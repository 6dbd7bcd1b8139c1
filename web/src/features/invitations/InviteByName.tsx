import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useDeferredValue, useState } from 'react'
import { answer, http } from '@/api/client'
import type { Id, Profile } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { Avatar } from '@/design/Avatar'
import { Button } from '@/design/Button'
import { TextField } from '@/design/TextField'
import { useProblemText } from '@/i18n/problems'
import styles from './Invitations.module.css'

const shown = 6

/** Invites somebody who is here already; they see it at once. */
export function InviteByName({ serverId }: { serverId: Id }) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const [text, setText] = useState('')
  const sought = useDeferredValue(text.trim().replace(/^@/, '').toLowerCase())
  const found = useQuery({
    queryKey: ['users', sought],
    enabled: sought !== '',
    queryFn: async ({ signal }) => {
      const query = { query: sought, limit: shown }
      return (await answer(http.GET('/users', { params: { query }, signal }))).items
    },
    placeholderData: (before) => (sought ? before : undefined),
  })
  const people = sought ? found.data : undefined
  return (
    <section className={styles.section} aria-label={t`Invite by name`}>
      <h3 className={styles.heading}>{t`By name`}</h3>
      <TextField
        label={t`Username`}
        description={t`They are asked at once, and can accept or decline.`}
        value={text}
        onChange={setText}
        maxLength={33}
        autoComplete="off"
      />
      <div role="status">
        {found.isError && <p className={styles.hint}>{problemText(asProblem(found.error))}</p>}
        {people?.length === 0 && <p className={styles.hint}>{t`Nobody has a username that begins so.`}</p>}
      </div>
      {people && people.length > 0 && (
        <ul className={styles.list}>
          {people.map((user) => (
            <Person key={user.id} user={user} serverId={serverId} />
          ))}
        </ul>
      )}
    </section>
  )
}

function Person({ user, serverId }: { user: Profile; serverId: Id }) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const [outcome, setOutcome] = useState<'open' | 'pending' | 'invited'>('open')
  const [problem, setProblem] = useState<string | null>(null)

  async function invite() {
    setOutcome('pending')
    setProblem(null)
    try {
      const params = { path: { server_id: serverId } }
      await answer(http.POST('/servers/{server_id}/invitations', { params, body: { user_id: user.id } }))
      setOutcome('invited')
    } catch (error) {
      setProblem(problemText(asProblem(error)))
      setOutcome('open')
    }
  }

  return (
    <li className={styles.row}>
      <Avatar id={user.id} name={user.display_name} url={user.avatar_url} size={36} />
      <div className={styles.who}>
        <p className={styles.name}>{user.display_name}</p>
        <p className={styles.hint}>{problem ?? `@${user.username}`}</p>
      </div>
      <Button
        isPending={outcome === 'pending'}
        isDisabled={outcome === 'invited'}
        aria-label={
          outcome === 'invited' ? t`${user.display_name} is invited` : t`Invite ${user.display_name}`
        }
        onPress={() => void invite()}
      >
        {outcome === 'invited' ? t`Invited` : t`Invite`}
      </Button>
    </li>
  )
}
