import { useLingui } from '@lingui/react/macro'
import { useEffect, useState } from 'react'
import { useTimes } from '@/i18n/times'
import styles from './Markdown.module.css'
import { isMoment, nextChange, spellMoment } from './moments'

interface MomentTextProps {
  value: string
  seconds: number
  style: string
}

/** A moment as the reader would say it, with the exact time on hover. */
export function MomentText({ value, seconds, style }: MomentTextProps) {
  const { i18n } = useLingui()
  const times = useTimes()
  const now = useNow(style === 'R' && isMoment(seconds) ? seconds : null)
  if (!isMoment(seconds)) return value
  const exact = new Date(seconds * 1_000).toISOString()
  return (
    <time className={styles.moment} dateTime={exact} title={times.full(exact)}>
      {spellMoment(seconds, style, i18n.locale, now)}
    </time>
  )
}

/** The time in seconds, again as often as the distance to a moment reads differently. */
function useNow(seconds: number | null): number {
  const [now, setNow] = useState(() => Date.now() / 1_000)
  useEffect(() => {
    if (seconds === null) return
    const wait = nextChange(seconds, now) * 1_000
    const handle = setTimeout(() => setNow(Date.now() / 1_000), wait)
    return () => clearTimeout(handle)
  }, [seconds, now])
  return now
}
