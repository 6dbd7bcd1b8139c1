import { useLingui } from '@lingui/react/macro'
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react'
import { type ApiProblem, asProblem } from '@/api/problem'
import { Button } from '@/design/Button'
import styles from './AuthPage.module.css'
import { useAccountProblemText } from './account-problems'
import ways from './OtherWays.module.css'
import { isGivenUp } from './passkeys'
import { offerPasskeys, signInWithPasskey } from './sign-in'

/** Signing in with what a device keeps, beneath the form (A3). */
export function PasskeyWay() {
  const { t } = useLingui()
  return (
    <>
      <p className={ways.or}>{t`or`}</p>
      <PasskeyButton offered>{t`Sign in with a passkey`}</PasskeyButton>
    </>
  )
}

interface PasskeyButtonProps {
  look?: 'plain' | 'quiet'
  /** Whether passkeys are offered where the e-mail is typed, too. */
  offered?: boolean
  children: ReactNode
}

/** Asks the device for a passkey, and signs in with it. Whoever does not want to is not told that something is wrong. */
export function PasskeyButton({ look = 'plain', offered = false, children }: PasskeyButtonProps) {
  const problemText = useAccountProblemText()
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const [pending, setPending] = useState(false)
  const asking = useRef<AbortController | null>(null)

  /** One thing is asked at a time. */
  const next = useCallback((): AbortSignal => {
    asking.current?.abort()
    asking.current = new AbortController()
    return asking.current.signal
  }, [])
  const offer = useCallback(() => {
    offerPasskeys(next()).catch((error) => setProblem(asProblem(error)))
  }, [next])
  useEffect(() => {
    if (offered) offer()
    // Nobody is asked for a screen that is gone.
    return () => asking.current?.abort()
  }, [offered, offer])

  async function ask() {
    if (pending) return
    setPending(true)
    setProblem(null)
    try {
      await signInWithPasskey(next())
    } catch (error) {
      setProblem(asProblem(error))
      setPending(false)
      if (offered) offer()
    }
  }

  const calm = problem !== null && isGivenUp(problem)
  return (
    <div className={styles.passkey}>
      <Button look={look} wide isPending={pending} onPress={() => void ask()}>
        {children}
      </Button>
      <div role="status">{problem && calm && <p className={styles.calm}>{problemText(problem)}</p>}</div>
      <div role="alert">{problem && !calm && <p className={styles.problem}>{problemText(problem)}</p>}</div>
    </div>
  )
}
