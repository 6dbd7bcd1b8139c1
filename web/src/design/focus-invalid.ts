import { type RefObject, useEffect } from 'react'
import type { ApiProblem } from '@/api/problem'

/** After a refusal the first field that it finds fault with has the focus, so that one can go on typing. */
export function useFocusInvalid(form: RefObject<HTMLFormElement | null>, problem: ApiProblem | null): void {
  useEffect(() => {
    if (!problem || problem.fields.length === 0) return
    form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [form, problem])
}
