import { useLingui } from '@lingui/react'

/** Times in words of the reader's language and place. */
export interface Times {
  /** For example 14:05. */
  clock: (time: string) => string
  /** For example Tuesday, 24 November 2026 at 14:05. */
  full: (time: string) => string
  /** For example Today, Yesterday, 21 November 2026. */
  day: (time: string) => string
  /** For example 24 November 2026. */
  date: (time: string) => string
}

export function useTimes(): Times {
  const { i18n } = useLingui()
  return timesOf(i18n.locale)
}

const known = new Map<string, Times>()

/** Made once for a language: making formats takes far longer than using them, and so does clearing them away. */
function timesOf(locale: string): Times {
  const times = known.get(locale) ?? timesIn(locale)
  known.set(locale, times)
  return times
}

function timesIn(locale: string): Times {
  const tag = locale === 'en' ? 'en-GB' : locale
  const clock = new Intl.DateTimeFormat(tag, { hour: '2-digit', minute: '2-digit' })
  const full = new Intl.DateTimeFormat(tag, { dateStyle: 'full', timeStyle: 'short' })
  const date = new Intl.DateTimeFormat(tag, { dateStyle: 'long' })
  const relative = new Intl.RelativeTimeFormat(tag, { numeric: 'auto' })
  return {
    clock: (time) => clock.format(new Date(time)),
    full: (time) => full.format(new Date(time)),
    date: (time) => date.format(new Date(time)),
    day: (time) => {
      const days = Math.round((midnight(new Date(time)) - midnight(new Date())) / 86_400_000)
      return days > -2 && days < 1 ? capitalised(relative.format(days, 'day')) : date.format(new Date(time))
    },
  }
}

function midnight(time: Date): number {
  return new Date(time.getFullYear(), time.getMonth(), time.getDate()).getTime()
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
