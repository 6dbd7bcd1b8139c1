import { useLingui } from '@lingui/react/macro'

/** Colours that go well with both themes, ready to be chosen. */
export function useSwatches(): { value: string; name: string }[] {
  const { t } = useLingui()
  return [
    { value: '#5b3df5', name: t`Violet` },
    { value: '#2f6fed', name: t`Blue` },
    { value: '#0a8f88', name: t`Teal` },
    { value: '#178a4f', name: t`Green` },
    { value: '#9a7b00', name: t`Gold` },
    { value: '#c8590a', name: t`Orange` },
    { value: '#c4213d', name: t`Red` },
    { value: '#b32a86', name: t`Pink` },
    { value: '#6b7280', name: t`Grey` },
  ]
}
