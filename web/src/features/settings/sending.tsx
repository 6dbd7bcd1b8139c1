import { type FormEvent, type ReactNode, useRef, useState } from 'react'
import type { ApiProblem } from '@/api/problem'
import { useFocusInvalid } from '@/design/focus-invalid'
import { accountProblem, useAccountProblemText } from '@/features/auth/account-problems'
import styles from './SettingsScreen.module.css'

interface Sending {
  problem: ApiProblem | null
  pending: boolean
  /** Does it, once at a time; what it throws becomes the problem. */
  send: (work: () => Promise<void>) => void
  forget: () => void
}

/** What became of what a form sends. */
export function useSending(): Sending {
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const [pending, setPending] = useState(false)

  async function send(work: () => Promise<void>) {
    if (pending) return
    setPending(true)
    setProblem(null)
    try {
      await work()
    } catch (error) {
      setProblem(accountProblem(error))
    }
    setPending(false)
  }

  return { problem, pending, send: (work) => void send(work), forget: () => setProblem(null) }
}

interface StepFormProps {
  /** For the button at the foot of the dialog. */
  id: string
  problem: ApiProblem | null
  onSubmit: () => void
  children: ReactNode
}

/** One step of a dialog that has several. */
export function StepForm({ id, problem, onSubmit, children }: StepFormProps) {
  const problemText = useAccountProblemText()
  const form = useRef<HTMLFormElement>(null)
  useFocusInvalid(form, problem)

  function submitted(event: FormEvent) {
    event.preventDefault()
    onSubmit()
  }

  return (
    <form ref={form} id={id} className={styles.form} onSubmit={submitted}>
      {children}
      <div role="alert" className={problem && problem.fields.length > 0 ? 'visually-hidden' : styles.alert}>
        {problem && <p className={styles.problem}>{problemText(problem)}</p>}
      </div>
    </form>
  )
}
