import { useLingui } from '@lingui/react'
import type { Id, MentionToken } from '@/api/contract'
import { useStore } from '@/state/store'
import { mentionName } from '../markdown/mention-name'
import { isMoment, spellMoment } from '../markdown/moments'
import { plainLine } from './plain-line'

/** A message of a server in one line; whom it names is called as today. A line does not tick: distances are told as moments. */
export function usePlainLine(serverId: Id, content: string, mentions: readonly MentionToken[]): string {
  const { i18n } = useLingui()
  // Most lines name nobody: what happens elsewhere is nothing to them.
  const isSettled = mentions.length === 0 && !content.includes('<')
  const spelt = useStore((state) =>
    isSettled
      ? null
      : plainLine(content, mentions, (node) => {
          if (node.type === 'mention') return mentionName(state, serverId, node)
          if (!isMoment(node.seconds)) return node.value
          return spellMoment(node.seconds, node.style === 'R' ? 'f' : node.style, i18n.locale, 0)
        }),
  )
  return spelt ?? plainLine(content, mentions, ({ value }) => value)
}
