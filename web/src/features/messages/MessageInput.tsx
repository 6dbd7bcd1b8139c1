import { useLingui } from '@lingui/react/macro'
import { type KeyboardEvent, type RefObject, useEffect, useLayoutEffect, useRef } from 'react'
import { useStore } from '@/state/store'
import styles from './Composer.module.css'
import { useCompletion } from './completion/useCompletion'

/** Greatest length of a message in characters, as the server counts them. */
export const longestMessage = 4_000
const countFrom = longestMessage * 0.9
const composing = 229

/** The length as the server counts it: in characters, not in UTF-16 units. */
function lengthOf(text: string): number {
  return [...text].length
}

export function tooLong(text: string): boolean {
  return lengthOf(text) > longestMessage
}

interface MessageInputProps {
  label: string
  /** Where it will stand: what may be named there is offered. */
  serverId: string
  channelId: string
  placeholder?: string
  value: string
  onChange: (text: string) => void
  onSubmit: () => void
  onEscape?: () => void
  /** The up arrow in an empty field. */
  onUp?: () => void
  autoFocus?: boolean
  inputRef?: RefObject<HTMLTextAreaElement | null>
}

/** Where a message is written: grows with the text, offers names, Enter sends, Shift+Enter breaks the line. */
export function MessageInput({ label, placeholder, value, autoFocus, inputRef, ...on }: MessageInputProps) {
  const own = useRef<HTMLTextAreaElement>(null)
  const area = inputRef ?? own
  const completion = useCompletion(area, value, on.serverId, on.channelId)

  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useLayoutEffect(() => {
    const element = area.current
    if (!element) return
    element.style.height = 'auto'
    element.style.height = `${element.scrollHeight}px`
  }, [value, area])

  useEffect(() => {
    const element = area.current
    if (!autoFocus || !element) return
    element.focus()
    element.setSelectionRange(element.value.length, element.value.length)
  }, [autoFocus, area])

  function press(event: KeyboardEvent<HTMLTextAreaElement>) {
    // While an input method composes a character, the keys belong to it; Safari says so by 229 alone.
    if (event.nativeEvent.isComposing || event.keyCode === composing) return
    if (completion.takeKey(event)) return
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      on.onSubmit()
    } else if (event.key === 'Escape' && on.onEscape) {
      event.stopPropagation()
      on.onEscape()
    } else if (event.key === 'ArrowUp' && value === '' && on.onUp) {
      event.preventDefault()
      on.onUp()
    }
  }

  return (
    <>
      <textarea
        ref={area}
        rows={1}
        className={styles.input}
        aria-label={label}
        placeholder={placeholder}
        value={value}
        onChange={(event) => {
          on.onChange(event.target.value)
          completion.onCaret(event.target)
        }}
        onSelect={(event) => completion.onCaret(event.currentTarget)}
        onBlur={completion.onBlur}
        onKeyDown={press}
        data-testid="message-input"
        {...completion.props}
      />
      {completion.list}
      <CharacterCount text={value} />
    </>
  )
}

function CharacterCount({ text }: { text: string }) {
  const { t } = useLingui()
  const name = useStore((state) => state.settings.language)
  if (text.length < countFrom) return null
  const left = longestMessage - lengthOf(text.trim())
  const shown = new Intl.NumberFormat(name).format(left)
  return (
    <span
      className={left < 0 ? styles.over : styles.count}
      role="status"
      aria-label={t`Characters left: ${shown}`}
    >
      {shown}
    </span>
  )
}
