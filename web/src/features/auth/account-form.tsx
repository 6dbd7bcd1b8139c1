import { type FormEvent, type ReactNode, type RefObject, useRef, useState } from 'react'
import { type ApiProblem, asProblem } from '@/api/problem'
import { useFocusInvalid } from '@/design/focus-invalid'
import styles from './AuthPage.module.css'
import { useAccountProblemText } from './account-problems'

interface AccountFormState {
  element: RefObject<HTMLFormElement | null>
  problem: ApiProblem | null
  pending: boolean
  submit: (event: FormEvent) => void
}

/**
 * What became of what a form about an account sends, once at a time; what `send` throws is the problem. It stays pending when
 * all went well: another screen is about to come.
 */
export function useAccountForm(send: () => Promise<void>): AccountFormState {
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const [pending, setPending] = useState(false)
  const element = useRef<HTMLFormElement>(null)
  useFocusInvalid(element, problem)

  async function submit(event: FormEvent) {
    event.preventDefault()
    if (pending) return
    setPending(true)
    setProblem(null)
    try {
      await send()
    } catch (error) {
      setProblem(asProblem(error))
      setPending(false)
    }
  }

  return { element, problem, pending, submit: (event) => void submit(event) }
}

interface AccountFormProps {
  form: AccountFormState
  /** In place of the usual words for the problem. */
  said?: string | undefined
  children: ReactNode
}

/** Such a form, with the problem above its fields. */
export function AccountForm({ form, said, children }: AccountFormProps) {
  const problemText = useAccountProblemText()
  const { element, problem, submit } = form
  return (
    <form ref={element} className={styles.form} onSubmit={submit}>
      <div role="alert">{problem && <p className={styles.problem}>{said ?? problemText(problem)}</p>}</div>
      {children}
    </form>
  )
}
