import { useLingui } from '@lingui/react/macro'
import { Globe, Lock } from 'lucide-react'
import type { Visibility } from '@/api/contract'
import { Choice } from '@/design/Choice'

interface VisibilityChoiceProps {
  value: Visibility
  onChange: (visibility: Visibility) => void
}

/** Who may find and join a server. */
export function VisibilityChoice({ value, onChange }: VisibilityChoiceProps) {
  const { t } = useLingui()
  return (
    <Choice
      label={t`Who can join`}
      value={value}
      onChange={onChange}
      options={[
        {
          value: 'private',
          label: t`Private`,
          description: t`Nobody finds it by searching.`,
          icon: <Lock size={18} />,
        },
        {
          value: 'public',
          label: t`Public`,
          description: t`Everybody here can find it and join.`,
          icon: <Globe size={18} />,
        },
      ]}
    />
  )
}
