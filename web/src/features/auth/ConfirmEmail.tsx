import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { answer, http } from '@/api/client'
import { type ApiProblem, asProblem } from '@/api/problem'
import { navigate } from '@/app/router'
import { useTitle } from '@/app/title'
import { Button } from '@/design/Button'
import { useStore } from '@/state/store'
import { AuthPage } from './AuthPage'
import styles from './AuthPage.module.css'
import { useAccountProblemText } from './account-problems'
import { rememberAccount } from './remembered-accounts'
import { Said } from './Said'

/**
 * Where the link to a new e-mail leads to. It asks before it does anything: programs that look into mails open links, and do
 * not press buttons.
 */
export function ConfirmEmail({ token }: { token: string | null }) {
  const { t } = useLingui()
  const problemText = useAccountProblemText()
  const signedIn = useStore((state) => state.signedIn === 'yes')
  const [step, setStep] = useState<'ask' | 'done' | 'expired'>(token ? 'ask' : 'expired')
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const [pending, setPending] = useState(false)

  useTitle(t`New e-mail`)

  async function confirm() {
    setPending(true)
    setProblem(null)
    try {
      await answer(http.POST('/auth/email/verify', { body: { token: token ?? '' } }))
      setStep('done')
      // The list of accounts on this device signs in by e-mail.
      if (signedIn) rememberAccount(await answer(http.GET('/users/@me')))
    } catch (error) {
      const refusal = asProblem(error)
      if (refusal.code === 'link_expired') return setStep('expired')
      setProblem(refusal)
      setPending(false)
    }
  }

  if (step === 'expired') {
    return (
      <AuthPage title={t`This link is not valid any more`}>
        <Said>
          <p>{t`Links to a new e-mail work once and for one day. Sign in and change your e-mail again in the settings.`}</p>
        </Said>
        <Button look="primary" wide onPress={() => navigate({ name: 'settings', section: 'account' })}>
          {t`Go to the settings`}
        </Button>
      </AuthPage>
    )
  }
  if (step === 'done') {
    return (
      <AuthPage title={t`Your e-mail is changed`}>
        <Said>
          <p>{t`From now on, sign in with the new one.`}</p>
        </Said>
        <Button look="primary" wide onPress={() => navigate({ name: 'home' })}>{t`Go to Beep`}</Button>
      </AuthPage>
    )
  }
  return (
    <AuthPage title={t`Confirm your new e-mail`} lead={t`It takes the place of the one you had.`}>
      <div role="alert">{problem && <p className={styles.problem}>{problemText(problem)}</p>}</div>
      <Button look="primary" wide isPending={pending} onPress={() => void confirm()} autoFocus>
        {t`Confirm this e-mail`}
      </Button>
    </AuthPage>
  )
}
