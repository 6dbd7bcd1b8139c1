import { plural } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import { SmilePlus } from 'lucide-react'
import { useRef, useState } from 'react'
import { Button, Tooltip, TooltipTrigger } from 'react-aria-components'
import type { Message, Reaction } from '@/api/contract'
import { later } from '@/design/later'
import tooltip from '@/design/Tooltip.module.css'
import { accountName } from '@/features/members/member-names'
import styles from './ReactionBar.module.css'
import { fetchReactors, useWishes, wishedReactions } from './reacting'
import { useMayReact, useReact } from './useReact'

const ReactorsDialog = later(() => import('./ReactorsDialog'))

const none: Record<string, boolean> = {}
/** How long a finger rests on an emoji until it is told who chose it. */
const restMs = 500
/** How many are named beside an emoji. */
const named = 3

interface ReactionBarProps {
  message: Message
  /** Whether the keyboard is at this message. */
  isFocused: boolean
  onAdd: () => void
}

/** With what others reacted to a message, and how many. */
export function ReactionBar({ message, isFocused, onAdd }: ReactionBarProps) {
  const { t } = useLingui()
  const wishes = useWishes((state) => state.wishes[message.id]) ?? none
  const mayAdd = useMayReact(message)
  const [shown, setShown] = useState<string | null>(null)
  const reactions = wishedReactions(message.reactions, wishes)
  if (reactions.length === 0) return null
  return (
    <ul className={styles.bar} aria-label={t`Reactions`}>
      {reactions.map((reaction) => (
        <li key={reaction.emoji}>
          <ReactionChip
            message={message}
            reaction={reaction}
            mayAdd={mayAdd}
            isFocused={isFocused}
            onWho={() => setShown(reaction.emoji)}
          />
        </li>
      ))}
      {mayAdd && (
        <li>
          <Button
            className={styles.add ?? ''}
            aria-label={t`Add a reaction`}
            excludeFromTabOrder={!isFocused}
            onPress={onAdd}
          >
            <SmilePlus size={16} />
          </Button>
        </li>
      )}
      {shown && <ReactorsDialog message={message} emoji={shown} onClose={() => setShown(null)} />}
    </ul>
  )
}

interface ReactionChipProps {
  message: Message
  reaction: Reaction
  mayAdd: boolean
  isFocused: boolean
  /** Who it was is asked for. */
  onWho: () => void
}

function ReactionChip({ message, reaction, mayAdd, isFocused, onWho }: ReactionChipProps) {
  const { t } = useLingui()
  const toggle = useReact()
  const [names, setNames] = useState<string[] | null>(null)
  const resting = useRef<ReturnType<typeof setTimeout>>(undefined)
  const rested = useRef(false)
  const { emoji, count, me } = reaction
  const counted = plural(count, { one: '# reaction', other: '# reactions' })
  const list = names?.join(', ')
  const more = count - (names?.length ?? 0)
  const who = list && more > 0 ? t`${list} and ${more} more` : list

  function askWho(open: boolean) {
    setNames(null)
    if (!open) return
    fetchReactors(message, emoji, named, null).then(
      ({ items }) => setNames(items.map(accountName)),
      // The number stands there in any case.
      () => undefined,
    )
  }

  function show() {
    clearTimeout(resting.current)
    rested.current = true
    onWho()
  }

  return (
    <TooltipTrigger delay={450} closeDelay={60} onOpenChange={askWho}>
      <Button
        className={`${styles.chip} ${me ? styles.mine : ''}`}
        aria-label={me ? t`${emoji}, ${counted}, you reacted` : t`${emoji}, ${counted}`}
        aria-pressed={me}
        excludeFromTabOrder={!isFocused}
        onPressStart={(event) => {
          rested.current = false
          if (event.pointerType === 'touch') resting.current = setTimeout(show, restMs)
        }}
        onPressEnd={() => clearTimeout(resting.current)}
        onPress={() => {
          if (rested.current) return
          if (me || mayAdd) toggle(message, emoji, !me)
          else onWho()
        }}
        onContextMenu={(event) => {
          event.preventDefault()
          event.stopPropagation()
          show()
        }}
      >
        <span className={styles.emoji} aria-hidden="true">
          {emoji}
        </span>
        <span aria-hidden="true">{count}</span>
      </Button>
      <Tooltip placement="top" offset={6} className={tooltip.tooltip}>
        {`${emoji} ${who || counted}`}
      </Tooltip>
    </TooltipTrigger>
  )
}
