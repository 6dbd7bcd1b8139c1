import { useLingui } from '@lingui/react/macro'
import { useTimes } from '@/i18n/times'
import type { Filter, FilterKind, hasNames } from './filters'

type HasName = (typeof hasNames)[number]

/** Filters and what they can be, in words. */
export function useFilterTexts() {
  const { t } = useLingui()
  const times = useTimes()
  const kinds: Record<FilterKind, string> = {
    from: t`From`,
    in: t`In`,
    has: t`Has`,
    before: t`Before`,
    after: t`After`,
    mentions: t`Mentions`,
    pinned: t`Pinned`,
  }
  const has: Record<HasName, string> = {
    link: t`A link`,
    file: t`A file`,
    image: t`A picture`,
    video: t`A video`,
    audio: t`A sound`,
    embed: t`A preview`,
  }
  /** For example 24 November 2026; days are those of the reader's place. */
  const day = (value: string) => times.date(`${value}T12:00`)
  const nameOf = ({ kind, value, label }: Filter) => {
    if (kind === 'has') return has[value as HasName]
    if (kind === 'pinned') return value === 'true' ? t`Yes` : t`No`
    return kind === 'before' || kind === 'after' ? day(value) : label
  }
  const textOf = (filter: Filter) => {
    const [kind, value] = [kinds[filter.kind], nameOf(filter)]
    return t`${kind}: ${value}`
  }
  return { kinds, has, day, textOf }
}
