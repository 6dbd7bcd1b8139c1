import { plural } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import type { Unread } from '@/state/read-states'

/** A name followed by what is unread there, as it is read out: “general, unread, 2 mentions”. */
export function useUnreadName(): (name: string, unread: Unread, ...more: (string | false)[]) => string {
  const { t } = useLingui()
  return (name, { unread, mentions }, ...more) => {
    const words = [name, ...more, unread && t`unread`]
    if (mentions > 0) words.push(plural(mentions, { one: '# mention', other: '# mentions' }))
    return words.filter(Boolean).join(', ')
  }
}
