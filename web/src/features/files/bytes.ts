import { useLingui } from '@lingui/react'
import { useMemo } from 'react'

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const
const step = 1024

/** A number of bytes as people write it, for example 1.2 MB or 1,2 Mo. */
export function bytesIn(locale: string, bytes: number): string {
  let value = bytes
  let index = 0
  // What would be rounded to a whole step is written in the next unit.
  while (value >= step - 0.5 && index < units.length - 1) {
    value /= step
    index += 1
  }
  const maximumFractionDigits = index === 0 || value >= 100 ? 0 : 1
  const unitDisplay = index === 0 ? 'long' : 'short'
  const style = { style: 'unit', unit: units[index] ?? 'byte', unitDisplay, maximumFractionDigits } as const
  return new Intl.NumberFormat(locale === 'en' ? 'en-GB' : locale, style).format(value)
}

/** {@link bytesIn} the reader's language. */
export function useBytes(): (bytes: number) => string {
  const { i18n } = useLingui()
  return useMemo(() => (bytes: number) => bytesIn(i18n.locale, bytes), [i18n.locale])
}
