import { useLingui } from '@lingui/react/macro'
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import type { ApiProblem } from '@/api/problem'
import { Button } from '@/design/Button'
import styles from './AuthPage.module.css'
import { accountProblem, useAccountFieldText, useAccountProblemText } from './account-problems'
import { CodeField, OtherKind } from './CodeField'
import type { CodeKind } from './codes'

interface SecondFactorFormProps {
  /** The word on the main button. */
  submit: string
  /** Goes on with the code; what it throws is shown. */
  onCode: (code: string) => Promise<void>
  onBack: () => void
  /** A way that needs no code. */
  otherWay?: ReactNode
}

/** The second step of signing in: a code. The one of an app is sent as soon as it is whole. */
export function SecondFactorForm({ submit, onCode, onBack, otherWay }: SecondFactorFormProps) {
  const { t } = useLingui()
  const problemText = useAccountProblemText()
  const fieldText = useAccountFieldText()
  const [kind, setKind] = useState<CodeKind>('totp')
  const [code, setCode] = useState('')
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const [pending, setPending] = useState(false)
  const form = useRef<HTMLFormElement>(null)

  // What is typed next takes the place of the code that was refused.
  useEffect(() => {
    if (problem) form.current?.querySelector<HTMLInputElement>('input[name="code"]')?.select()
  }, [problem])

  async function send(whole: string) {
    if (pending || whole.trim() === '') return
    setPending(true)
    setProblem(null)
    try {
      await onCode(whole.trim())
    } catch (error) {
      setProblem(accountProblem(error))
      setPending(false)
    }
  }

  function submitted(event: FormEvent) {
    event.preventDefault()
    void send(code)
  }

  return (
    <form ref={form} className={styles.form} onSubmit={submitted}>
      {/* What stands at the field need not be seen twice; but the field has the focus already, so it is read out here. */}
      <div role="alert" className={problem?.fieldCode('code') ? 'visually-hidden' : ''}>
        {problem && <p className={styles.problem}>{problemText(problem)}</p>}
      </div>
      <CodeField
        kind={kind}
        value={code}
        onChange={setCode}
        onWhole={(whole) => void send(whole)}
        error={fieldText(problem?.fieldCode('code'))}
        autoFocus
      />
      <Button type="submit" look="primary" wide isPending={pending}>
        {submit}
      </Button>
      <div className={styles.others}>
        <OtherKind
          kind={kind}
          onChange={(chosen) => {
            setKind(chosen)
            setCode('')
            setProblem(null)
          }}
        />
        {otherWay}
        <Button look="quiet" wide onPress={onBack}>
          {t`Back`}
        </Button>
      </div>
    </form>
  )
}
