/** Moments in a message, `<t:SECONDS:STYLE>`, in words of the reader's language and place. Pure. */

const styles: Record<string, Intl.DateTimeFormatOptions> = {
  t: { timeStyle: 'short' },
  T: { timeStyle: 'medium' },
  d: { dateStyle: 'short' },
  D: { dateStyle: 'long' },
  f: { dateStyle: 'long', timeStyle: 'short' },
  F: { dateStyle: 'full', timeStyle: 'short' },
}

/** From how many seconds on a distance is told in this unit. */
const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 0],
]

/** Whether there is such a moment; calendars end somewhere. */
export function isMoment(seconds: number): boolean {
  return Math.abs(seconds) <= 8_640_000_000_000
}

/** A moment as its style asks for it: `R` as the distance from `now`, both in seconds. */
export function spellMoment(seconds: number, style: string, locale: string, now: number): string {
  const tag = locale === 'en' ? 'en-GB' : locale
  if (style === 'R') return distance(Math.trunc(seconds - now), tag)
  return formatOf(tag, style).format(new Date(seconds * 1_000))
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** Made once: that takes longer than to use it. */
function formatOf(tag: string, style: string): Intl.DateTimeFormat {
  const key = `${tag} ${style}`
  const format = formats.get(key) ?? new Intl.DateTimeFormat(tag, styles[style] ?? styles.f)
  formats.set(key, format)
  return format
}

/** After how many seconds a distance reads differently. */
export function nextChange(seconds: number, now: number): number {
  const left = Math.abs(seconds - now)
  if (left < 60) return 1
  return left < 3_600 ? 15 : 300
}

function distance(seconds: number, tag: string): string {
  const [unit, size] = units.find(([, least]) => Math.abs(seconds) >= least) ?? ['second', 0]
  const amount = Math.trunc(seconds / Math.max(size, 1))
  return new Intl.RelativeTimeFormat(tag, { numeric: 'auto' }).format(amount, unit)
}
