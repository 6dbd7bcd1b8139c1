import type { Settings } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { toast } from '@/design/toasts'
import { useProblemText } from '@/i18n/problems'
import { changeSettings } from './settings-actions'

/** Changes settings, and tells when they could not be kept. */
export function useChangeSettings(): (changes: Partial<Settings>) => void {
  const problemText = useProblemText()
  return (changes) => {
    changeSettings(changes).catch((error: unknown) => toast(problemText(asProblem(error)), 'danger'))
  }
}
