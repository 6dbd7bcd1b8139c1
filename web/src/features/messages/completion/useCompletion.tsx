import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  type TextareaHTMLAttributes,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react'
import type { Id } from '@/api/contract'
import { later } from '@/design/later'
import { insertText } from './insert-text'
import { triggerAt } from './trigger'

const CompletionList = later(() => import('./CompletionList'))

/** Takes a key that belongs to the open list; false for any other. */
export type TakeKey = (event: KeyboardEvent) => boolean

interface Completion {
  /** What tells assistive technology of the list while it is open. */
  props: TextareaHTMLAttributes<HTMLTextAreaElement>
  takeKey: TakeKey
  /** The text or the caret has changed. */
  onCaret: (element: HTMLTextAreaElement) => void
  onBlur: () => void
  /** The list; stands beside the field. */
  list: ReactNode
}

/** Offers names for what is being typed in a field. */
export function useCompletion(
  area: RefObject<HTMLTextAreaElement | null>,
  value: string,
  serverId: Id,
  channelId: Id,
): Completion {
  const listId = useId()
  // Null without the focus, and while more than a place is marked.
  const [caret, setCaret] = useState<number | null>(null)
  // Where it was closed by hand; it opens again for the next name.
  const [closed, setClosed] = useState<number | null>(null)
  const [option, setOption] = useState<string | null>(null)
  const keys = useRef<TakeKey | null>(null)
  const found = caret === null ? null : triggerAt(value, caret)
  const trigger = found?.start === closed ? null : found
  const gone = found === null

  useEffect(() => {
    if (gone) setClosed(null)
  }, [gone])

  function choose(text: string) {
    if (area.current && trigger) insertText(area.current, trigger.start, trigger.end, text)
  }

  return {
    props:
      option === null
        ? {}
        : {
            // Only while there is a list: it is a field for texts, otherwise.
            role: 'combobox',
            'aria-expanded': true,
            'aria-haspopup': 'listbox',
            'aria-autocomplete': 'list',
            'aria-controls': listId,
            'aria-activedescendant': option,
          },
    takeKey: (event) => keys.current?.(event) ?? false,
    onCaret: ({ selectionStart, selectionEnd }) =>
      setCaret(selectionStart === selectionEnd ? selectionStart : null),
    onBlur: () => setCaret(null),
    list: trigger && (
      <CompletionList
        id={listId}
        trigger={trigger}
        serverId={serverId}
        channelId={channelId}
        field={area}
        keys={keys}
        onActive={setOption}
        onChoose={choose}
        onClose={() => setClosed(trigger.start)}
      />
    ),
  }
}
