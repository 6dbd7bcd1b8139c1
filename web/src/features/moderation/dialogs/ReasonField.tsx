import { useLingui } from '@lingui/react/macro'
import type { ApiProblem } from '@/api/problem'
import { TextField } from '@/design/TextField'
import { useFieldText } from '@/i18n/problems'

/** Greatest length of a reason, in characters. */
const longest = 512

interface ReasonFieldProps {
  value: string
  onChange: (reason: string) => void
  problem: ApiProblem | null
}

/** Why something is done, for those who read the audit log. */
export function ReasonField({ value, onChange, problem }: ReasonFieldProps) {
  const { t } = useLingui()
  const fieldText = useFieldText()
  return (
    <TextField
      label={t`Reason (optional)`}
      description={t`Stands in the audit log.`}
      value={value}
      onChange={onChange}
      maxLength={longest}
      error={fieldText(problem?.fieldCode('reason'))}
    />
  )
}
