import { useLingui } from '@lingui/react/macro'
import { type ReactNode, useCallback, useEffect, useState } from 'react'
import { answer, http } from '@/api/client'
import type { Newcomer, OwnUser } from '@/api/contract'
import { type ApiProblem, asProblem } from '@/api/problem'
import { navigate } from '@/app/router'
import { beginSession, startSession } from '@/app/session'
import { useTitle } from '@/app/title'
import { Button } from '@/design/Button'
import { TextField } from '@/design/TextField'
import { AuthPage } from './AuthPage'
import styles from './AuthPage.module.css'
import { AccountForm, useAccountForm } from './account-form'
import { useAccountFieldText, useAccountProblemText } from './account-problems'
import { LinkForm } from './LinkForm'
import { PicturePage } from './PictureStep'
import { rememberAccount } from './remembered-accounts'
import { Said } from './Said'
import { setWayBack, wayBack } from './ways-in'

/** The first sign-in of somebody who was known elsewhere before (A6, A7): asks for what is missing, the picture last. */
export function CompleteScreen() {
  const { t } = useLingui()
  const problemText = useAccountProblemText()
  const [newcomer, setNewcomer] = useState<Newcomer | null>(null)
  const [user, setUser] = useState<OwnUser | null>(null)
  const [owned, setOwned] = useState<string | null>(null)
  const [problem, setProblem] = useState<ApiProblem | null>(null)

  useTitle(t`Create an account`)

  const ask = useCallback(() => {
    setProblem(null)
    answer(http.GET('/auth/complete')).then(
      (known) => {
        if (known.return_to !== '/') setWayBack(known.return_to)
        setNewcomer(known)
      },
      async (error: unknown) => {
        const refusal = asProblem(error)
        // Nobody new is here; perhaps somebody is who was signed in all the time.
        if (isOver(refusal)) await startSession()
        setProblem(refusal)
      },
    )
  }, [])
  useEffect(ask, [ask])

  if (user) return <PicturePage user={user} />
  if (problem?.code === 'completed_already') {
    return <Over title={t`Your account is there already`}>{t`Sign in, and you are back.`}</Over>
  }
  if (problem?.code === 'sign_in_not_begun') {
    return (
      <Over title={t`This took too long`}>
        {t`For half an hour after signing in for the first time, you can say who you want to be here. Nothing was made: sign in again to go on.`}
      </Over>
    )
  }
  if (owned !== null) {
    return (
      <AuthPage title={t`Link your account`} lead={t`Show that it is yours.`}>
        <LinkForm
          email={owned}
          onLinked={(linked) => {
            rememberAccount(linked)
            beginSession(linked)
          }}
          onOver={setProblem}
          onBack={() => setOwned(null)}
        />
      </AuthPage>
    )
  }
  return (
    <AuthPage
      title={t`Complete your account`}
      lead={t`Choose how people find you here.`}
      foot={newcomer && <GiveUp />}
    >
      <div role="alert" className={styles.cameBack}>
        {problem && <p className={styles.problem}>{problemText(problem)}</p>}
      </div>
      {problem && <Button wide onPress={ask}>{t`Try again`}</Button>}
      {newcomer && (
        <CompleteForm newcomer={newcomer} onMade={setUser} onOwned={setOwned} onOver={setProblem} />
      )}
    </AuthPage>
  )
}

/** Whether there is nobody, or nobody any more, who could complete anything. */
function isOver({ code }: ApiProblem): boolean {
  return code === 'sign_in_not_begun' || code === 'completed_already'
}

/** Whoever came as the wrong person is forgotten, at the identity manager, too: it asks again who they are. */
function GiveUp() {
  const { t } = useLingui()
  const [pending, setPending] = useState(false)

  async function giveUp() {
    setPending(true)
    const path = wayBack()
    // Where that fails, they are asked who they want to be once more.
    await answer(http.DELETE('/auth/complete')).catch(() => null)
    navigate({ name: 'sign-in' }, { replace: true })
    setWayBack(path)
  }

  return (
    <>
      {t`This is not you?`}{' '}
      <Button look="quiet" isPending={pending} onPress={() => void giveUp()}>
        {t`Sign in as somebody else`}
      </Button>
    </>
  )
}

/** There is nothing to say any more. */
function Over({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useLingui()
  return (
    <AuthPage title={title}>
      <Said>
        <p>{children}</p>
      </Said>
      <Button look="primary" wide onPress={() => navigate({ name: 'sign-in' }, { replace: true })}>
        {t`Back to signing in`}
      </Button>
    </AuthPage>
  )
}

interface CompleteFormProps {
  newcomer: Newcomer
  onMade: (user: OwnUser) => void
  /** There is an account with this address, which may be theirs. */
  onOwned: (email: string) => void
  /** It was made in another tab, or took too long. */
  onOver: (problem: ApiProblem) => void
}

function CompleteForm({ newcomer, onMade, onOwned, onOver }: CompleteFormProps) {
  const { t } = useLingui()
  const fieldText = useAccountFieldText()
  const [values, setValues] = useState({
    username: newcomer.username ?? '',
    first_name: '',
    last_name: '',
    email: '',
  })
  const form = useAccountForm(complete)

  function field(name: keyof typeof values) {
    return {
      name,
      isRequired: true,
      value: values[name],
      onChange: (value: string) => setValues((known) => ({ ...known, [name]: value })),
      error: fieldText(form.problem?.fieldCode(name)),
    }
  }

  async function complete() {
    const body = {
      username: values.username,
      ...(newcomer.first_name ? {} : { first_name: values.first_name }),
      ...(newcomer.last_name ? {} : { last_name: values.last_name }),
      ...(newcomer.email ? {} : { email: values.email }),
    }
    try {
      const { user } = await answer(http.POST('/auth/complete', { body }))
      onMade(user)
    } catch (error) {
      const refusal = asProblem(error)
      if (isOver(refusal)) return onOver(refusal)
      throw refusal
    }
  }

  const name = [newcomer.first_name, newcomer.last_name].filter(Boolean).join(' ')
  const taken = form.problem?.code === 'email_taken'
  return (
    <AccountForm
      form={form}
      said={
        taken ? t`There is an account with this e-mail already. If it is yours, you can link it.` : undefined
      }
    >
      {taken && (
        <Button wide onPress={() => onOwned(newcomer.email ?? values.email)}>
          {t`It is mine: link it`}
        </Button>
      )}
      {(name || newcomer.email) && (
        <div className={styles.known}>
          {name && <span className={styles.whole}>{name}</span>}
          {newcomer.email && <span className={`${styles.whole} ${styles.hint}`}>{newcomer.email}</span>}
        </div>
      )}
      {!(newcomer.first_name && newcomer.last_name) && (
        <div className={newcomer.first_name || newcomer.last_name ? '' : styles.pair}>
          {!newcomer.first_name && (
            <TextField
              {...field('first_name')}
              label={t`First name`}
              autoComplete="given-name"
              maxLength={64}
            />
          )}
          {!newcomer.last_name && (
            <TextField
              {...field('last_name')}
              label={t`Last name`}
              autoComplete="family-name"
              maxLength={64}
            />
          )}
        </div>
      )}
      {!newcomer.email && (
        <TextField {...field('email')} label={t`E-mail`} type="email" autoComplete="email" maxLength={254} />
      )}
      <TextField
        {...field('username')}
        label={t`Username`}
        autoComplete="nickname"
        description={t`2 to 32 letters, digits, dots, dashes or underscores. People find you by it.`}
        maxLength={32}
      />
      <Button type="submit" look="primary" wide isPending={form.pending}>
        {t`Create account`}
      </Button>
    </AccountForm>
  )
}
