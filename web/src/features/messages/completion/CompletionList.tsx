import { useLingui } from '@lingui/react/macro'
import { type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { Queries } from '@/app/queries'
import { Avatar } from '@/design/Avatar'
import { ChannelIcon } from '@/features/channels/ChannelIcon'
import { isCalled } from '@/features/emoji/emoji-data'
import { preferredTone, rememberEmoji } from '@/features/emoji/preferences'
import { nameOf } from '@/features/members/member-names'
import { nameStyle } from '@/features/roles/role-color'
import styles from './CompletionList.module.css'
import { type Suggestion, textOf } from './suggestions'
import type { Trigger } from './trigger'
import type { TakeKey } from './useCompletion'
import { useSuggestions } from './useSuggestions'

interface CompletionListProps {
  id: string
  trigger: Trigger
  serverId: string
  channelId: string
  field: RefObject<HTMLTextAreaElement | null>
  /** Set while the list is open. */
  keys: RefObject<TakeKey | null>
  /** The id of the option that Enter chooses; null while there is none, and so no list. */
  onActive: (id: string | null) => void
  onChoose: (text: string) => void
  onClose: () => void
}

/** The names that might be meant, above the field. */
export default function CompletionList(props: CompletionListProps) {
  return (
    <Queries>
      <List {...props} />
    </Queries>
  )
}

function List(props: CompletionListProps) {
  const { id, trigger, field, keys, onActive, onChoose, onClose } = props
  const { t } = useLingui()
  const labels = { member: t`Members and roles`, channel: t`Channels`, emoji: t`Emoji` }
  const tone = useState(preferredTone)[0]
  const suggestions = useSuggestions(trigger, props.serverId, props.channelId, tone)
  const [wished, setWished] = useState<string | null>(null)
  const at = Math.max(
    0,
    suggestions.findIndex(({ key }) => key === wished),
  )
  const active = suggestions[at]
  const activeId = active ? `${id}-${active.key}` : null
  const list = useRef<HTMLDivElement>(null)
  const room = useRoomAbove(field, activeId !== null)

  function choose(suggestion: Suggestion) {
    const { text, rest } = insertionOf(suggestion, field.current?.value.slice(trigger.end) ?? '')
    if (suggestion.kind === 'emoji') rememberEmoji(text)
    onChoose(text + rest)
  }

  useEffect(() => {
    onActive(activeId)
    return () => onActive(null)
  }, [activeId, onActive])

  useEffect(() => {
    keys.current = (event) => {
      if (!active || event.ctrlKey || event.metaKey) return false
      // Whoever types a name to its end, `:tada:`, means it.
      const called = event.key === ':' ? suggestions.find((one) => isNamed(one, trigger)) : undefined
      if (called) choose(called)
      else if (event.altKey || event.shiftKey) return false
      else if (event.key === 'Enter' || event.key === 'Tab') choose(active)
      else if (event.key === 'Escape') onClose()
      else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
        const step = event.key === 'ArrowUp' ? -1 : 1
        setWished(suggestions.at((at + step) % suggestions.length)?.key ?? null)
      } else return false
      event.preventDefault()
      event.stopPropagation()
      return true
    }
    return () => {
      keys.current = null
    }
  })

  useLayoutEffect(() => {
    if (activeId) document.getElementById(activeId)?.scrollIntoView({ block: 'nearest' })
  }, [activeId])

  if (!active) return null
  return (
    <div
      ref={list}
      id={id}
      role="listbox"
      aria-label={labels[trigger.kind]}
      tabIndex={-1}
      className={`${styles.list} ${room < leastRoom ? styles.below : ''}`}
      style={room < leastRoom ? undefined : { maxHeight: room }}
      // The field keeps the focus.
      onPointerDown={(event) => event.preventDefault()}
    >
      {suggestions.map((suggestion) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the field takes the keys
        <div
          key={suggestion.key}
          id={`${id}-${suggestion.key}`}
          role="option"
          tabIndex={-1}
          aria-selected={suggestion === active}
          className={`${styles.option} ${suggestion === active ? styles.active : ''}`}
          onPointerMove={(event) => event.pointerType === 'mouse' && setWished(suggestion.key)}
          onClick={() => choose(suggestion)}
        >
          <Look suggestion={suggestion} />
        </div>
      ))}
    </div>
  )
}

/** Whether what was typed is the whole name of an emoji. */
function isNamed(suggestion: Suggestion, trigger: Trigger): boolean {
  return suggestion.kind === 'emoji' && isCalled(suggestion.emoji, trigger.query)
}

/** A name is followed by a space, unless there is one; an emoji is not. */
function insertionOf(suggestion: Suggestion, after: string): { text: string; rest: string } {
  const text = textOf(suggestion)
  return { text, rest: suggestion.kind === 'emoji' || /^\s/.test(after) ? '' : ' ' }
}

function Look({ suggestion }: { suggestion: Suggestion }): ReactNode {
  const { t } = useLingui()
  switch (suggestion.kind) {
    case 'member': {
      const { user } = suggestion.member
      const name = nameOf(suggestion.member)
      return (
        <>
          <Avatar id={user.id} name={name} url={user.avatar_url} size={24} />
          <span className={styles.name}>{name}</span>
          <span className={styles.aside}>@{user.username}</span>
        </>
      )
    }
    case 'role':
      return (
        <>
          <span className={styles.sign} aria-hidden="true">
            @
          </span>
          <span className={`${styles.name} ${styles.role}`} style={nameStyle(suggestion.role.color)}>
            {suggestion.role.name}
          </span>
          <span className={styles.aside}>{t`Role`}</span>
        </>
      )
    case 'everyone':
      return (
        <>
          <span className={styles.sign} aria-hidden="true">
            @
          </span>
          <span className={styles.name}>everyone</span>
          <span className={styles.aside}>{t`All who see this channel`}</span>
        </>
      )
    case 'channel':
      return (
        <>
          <span className={styles.sign}>
            <ChannelIcon kind={suggestion.channel.kind} />
          </span>
          <span className={styles.name}>{suggestion.channel.name}</span>
        </>
      )
    case 'emoji':
      return (
        <>
          <span className={styles.sign}>{suggestion.text}</span>
          <span className={styles.name}>{suggestion.emoji.label}</span>
        </>
      )
  }
}

/** Less than this, in pixels, shows too little: the list then hangs below the field. */
const leastRoom = 120
const mostRoom = 340

/** How high a list above the field may be, in pixels. */
function useRoomAbove(field: RefObject<HTMLTextAreaElement | null>, isOpen: boolean): number {
  const [room, setRoom] = useState(mostRoom)
  useLayoutEffect(() => {
    const element = field.current
    if (!element || !isOpen) return
    const edge = element.closest('[role=log]')?.getBoundingClientRect().top ?? 0
    setRoom(Math.min(mostRoom, element.getBoundingClientRect().top - edge - 16))
  }, [field, isOpen])
  return room
}
