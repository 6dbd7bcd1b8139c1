import { useLingui } from '@lingui/react/macro'
import { type FormEvent, type ReactNode, useId, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { type ApiProblem, asProblem } from '@/api/problem'
import { useProblemText } from '@/i18n/problems'
import { Button } from './Button'
import { Dialog } from './Dialog'
import styles from './FormDialog.module.css'
import { useFocusInvalid } from './focus-invalid'

interface FormDialogProps {
  title: string
  /** The word on the main button. */
  submit: string
  danger?: boolean
  isDisabled?: boolean
  /** Does it; what it throws is shown, and the dialog stays. */
  onSubmit: () => Promise<void>
  onClose: () => void
  /** Words for refusals that only this dialog meets, and that are seen at the field alone where they are about one. */
  problemText?: (problem: ApiProblem) => string
  /** The fields; given the refusal, to show what is wrong with each. */
  children: (problem: ApiProblem | null) => ReactNode
}

/** A dialog that asks for something and does it; closes when it worked. */
export function FormDialog({
  title,
  submit,
  danger,
  isDisabled,
  onSubmit,
  onClose,
  problemText,
  children,
}: FormDialogProps) {
  const { t } = useLingui()
  const usualText = useProblemText()
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const [pending, setPending] = useState(false)
  const form = useId()
  const element = useRef<HTMLFormElement>(null)
  useFocusInvalid(element, problem)

  const atField = problemText !== undefined && problem !== null && problem.fields.length > 0

  async function send(event: FormEvent) {
    event.preventDefault()
    if (pending || isDisabled) return
    setPending(true)
    setProblem(null)
    try {
      await onSubmit()
      // At once: what lies behind is inert until the dialog is gone, and takes the focus back in the next frame or never.
      flushSync(onClose)
    } catch (error) {
      setProblem(asProblem(error))
      setPending(false)
    }
  }

  return (
    <Dialog
      title={title}
      onClose={onClose}
      role={danger ? 'alertdialog' : 'dialog'}
      actions={
        <>
          <Button onPress={onClose}>{t`Cancel`}</Button>
          <Button
            type="submit"
            form={form}
            look={danger ? 'danger' : 'primary'}
            isPending={pending}
            isDisabled={isDisabled ?? false}
          >
            {submit}
          </Button>
        </>
      }
    >
      <form ref={element} id={form} className={styles.form} onSubmit={send}>
        {children(problem)}
        <div role="alert" className={atField ? 'visually-hidden' : ''}>
          {problem && <p className={styles.problem}>{(problemText ?? usualText)(problem)}</p>}
        </div>
      </form>
    </Dialog>
  )
}
