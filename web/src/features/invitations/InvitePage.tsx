import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { answer, http } from '@/api/client'
import type { InvitedServer } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { Queries } from '@/app/queries'
import { navigate } from '@/app/router'
import { useTitle } from '@/app/title'
import { Avatar } from '@/design/Avatar'
import { Button } from '@/design/Button'
import { useAfter } from '@/design/Skeleton'
import { AuthPage } from '@/features/auth/AuthPage'
import { ServerCounts } from '@/features/servers/ServerCounts'
import { useProblemText } from '@/i18n/problems'
import { useStore } from '@/state/store'
import styles from './Invitations.module.css'
import { acceptInvitation } from './inbox'
import { intendToJoin, takeIntention } from './intention'

/** Where an invitation link leads to: what it is for, and the way in, signed in or not (S3). */
export default function InvitePage({ code }: { code: string }) {
  return (
    <Queries>
      <Preview key={code} code={code} />
    </Queries>
  )
}

function Preview({ code }: { code: string }) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const late = useAfter(300)
  const preview = useQuery({
    queryKey: ['invitation', code],
    queryFn: ({ signal }) => answer(http.GET('/invitations/{code}', { params: { path: { code } }, signal })),
  })

  useTitle(t`Invitation`)

  if (preview.isError) {
    const gone = asProblem(preview.error).status === 404
    return (
      <AuthPage
        title={gone ? t`This invitation is not valid` : t`Invitation`}
        lead={gone ? undefined : problemText(asProblem(preview.error))}
      >
        {gone && (
          <p>{t`It may have expired, been used up or taken back. Ask whoever sent it for a new one.`}</p>
        )}
        {gone ? (
          <Button wide onPress={() => navigate({ name: 'home' })}>{t`Go to Beep`}</Button>
        ) : (
          <Button wide onPress={() => void preview.refetch()}>{t`Try again`}</Button>
        )}
      </AuthPage>
    )
  }
  if (!preview.data) return late ? <AuthPage title={t`Invitation`}>{null}</AuthPage> : null
  const { server } = preview.data
  return (
    <AuthPage title={server.name} lead={t`You are invited to join this server.`}>
      <About server={server} />
      <WayIn code={code} server={server} />
    </AuthPage>
  )
}

function About({ server }: { server: InvitedServer }) {
  return (
    <div className={styles.about}>
      {server.banner_url && <img className={styles.banner} src={server.banner_url} alt="" />}
      <Avatar id={server.id} name={server.name} url={server.icon_url} size={72} shape="soft" />
      <ServerCounts members={server.member_count} online={server.online_count} />
      {server.description && <p className={styles.description}>{server.description}</p>}
    </div>
  )
}

function WayIn({ code, server }: { code: string; server: InvitedServer }) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const signedIn = useStore((state) => state.signedIn)
  const me = useStore((state) => state.me)
  const joined = useStore((state) => server.id in state.servers)
  const [pending, setPending] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const asked = useRef(false)

  async function join() {
    setPending(true)
    setProblem(null)
    try {
      navigate({ name: 'server', serverId: await acceptInvitation(code) }, { replace: true })
    } catch (error) {
      setProblem(problemText(asProblem(error)))
      setPending(false)
    }
  }

  // Whoever said before signing in that they want to join need not say it again.
  useEffect(() => {
    if (signedIn !== 'yes' || asked.current || !takeIntention(code)) return
    asked.current = true
    void join()
  })

  function go(name: 'sign-in' | 'sign-up') {
    intendToJoin(code)
    navigate({ name })
  }

  if (signedIn !== 'yes') {
    return (
      <>
        <Button wide look="primary" onPress={() => go('sign-up')}>{t`Create an account and join`}</Button>
        <Button wide onPress={() => go('sign-in')}>{t`Sign in and join`}</Button>
      </>
    )
  }
  if (joined && !pending) {
    return (
      <Button wide look="primary" onPress={() => navigate({ name: 'server', serverId: server.id })}>
        {t`Open ${server.name}`}
      </Button>
    )
  }
  return (
    <>
      <div role="alert">{problem && <p className={styles.problem}>{problem}</p>}</div>
      <Button wide look="primary" isPending={pending} onPress={() => void join()}>
        {t`Join ${server.name}`}
      </Button>
      <Button wide onPress={() => navigate({ name: 'home' })}>{t`Not now`}</Button>
      {me && <p className={styles.hint}>{t`You are signed in as ${me.display_name}.`}</p>}
    </>
  )
}
