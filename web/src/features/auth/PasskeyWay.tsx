import { useLingui } from '@lingui/react/macro'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { type ApiProblem, asProblem } from '@/api/problem'
import { Button } from '@/design/Button'
import styles from './AuthPage.module.css'
import { useAccountProblemText } from './account-problems'
import ways from './OtherWays.module.css'
import { isGivenUp } from './passkeys'
import { signInWithPasskey } from './sign-in'

/** Signing in with what a device keeps, beneath the form (A3). */
export function PasskeyWay() {
  const { t } = useLingui()
  return (
    <>
      <p className={ways.or}>{t`or`}</p>
      <PasskeyButton>{t`Sign in with a passkey`}</PasskeyButton>
    </>
  )
}

interface PasskeyButtonProps {
  look?: 'plain' | 'quiet'
  children: ReactNode
}

/** Asks the device for a passkey, and signs in with it. Whoever does not want to is not told that something is wrong. */
export function PasskeyButton({ look = 'plain', children }: PasskeyButtonProps) {
  const problemText = useAccountProblemText()
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const [pending, setPending] = useState(false)
  const asking = useRef<AbortController | null>(null)
  // Nobody is asked for a screen that is gone.
  useEffect(() => () => asking.current?.abort(), [])

  async function ask() {
    if (pending) return
    const controller = new AbortController()
    asking.current = controller
    setPending(true)
    setProblem(null)
    try {
      await signInWithPasskey(controller.signal)
    } catch (error) {
      setProblem(asProblem(error))
      setPending(false)
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
