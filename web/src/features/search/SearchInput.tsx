import { useLingui } from '@lingui/react/macro'
import { Search } from 'lucide-react'
import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import type { Id } from '@/api/contract'
import type { Filter } from './filters'
import { type Typed, typedAt, typedWhole, without } from './query'
import styles from './SearchInput.module.css'
import { addFilter, removeFilter, useSearch } from './search-state'
import { type FilterOption, findTyped, useOptions } from './useOptions'

interface SearchInputProps {
  serverId: Id
  /** Enter: what stands there is looked for at once. */
  onSubmit: () => void
  /** Tells whether letters are still being put together, so that they are no words yet. */
  onComposing: (isComposing: boolean) => void
}

/** Where one types what one looks for; offers what a filter might be. */
export function SearchInput({ serverId, onSubmit, onComposing }: SearchInputProps) {
  const { t } = useLingui()
  const text = useSearch((state) => state.text)
  const filters = useSearch((state) => state.filters)
  const called = useSearch((state) => state.called)
  const input = useRef<HTMLInputElement>(null)
  const tried = useRef(new Set<string>())
  const listId = useId()
  const [caret, setCaret] = useState<number | null>(null)
  const [moveTo, setMoveTo] = useState<{ at: number } | null>(null)
  const [closedAt, setClosedAt] = useState<number | null>(null)
  const [wished, setWished] = useState<string | null>(null)
  const found = caret === null ? null : typedAt(text, caret)
  const typed = found?.start === closedAt ? null : found
  const options = useOptions(typed, serverId)
  const at = Math.max(
    0,
    options.findIndex(({ key }) => key === wished),
  )
  const active = options[at]

  // Before the panel is painted: who has asked for it may be typing.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each call wishes the cursor here
  useLayoutEffect(() => {
    const length = text.length
    // A filter that was begun goes on; anything else may be written anew.
    input.current?.focus()
    input.current?.setSelectionRange(typedAt(text, length) ? length : 0, length)
    setCaret(length)
  }, [called])

  useEffect(() => {
    if (!found) setClosedAt(null)
  }, [found])

  // Before anything more is typed: a frame later it would be typed into the wrong place.
  useLayoutEffect(() => {
    if (moveTo) input.current?.setSelectionRange(moveTo.at, moveTo.at)
  }, [moveTo])

  function write(next: string, at: number, isComposing: boolean) {
    useSearch.setState({ text: next })
    onComposing(isComposing)
    setCaret(at)
    if (isComposing) return
    const all = typedWhole(next)
    if (!all.some(({ query }) => query === useSearch.getState().unknown))
      useSearch.setState({ unknown: null })
    // What was sought in vain is not sought again with each letter.
    for (const whole of all) if (!tried.current.has(keyOf(whole))) void take(whole)
  }

  /** A filter that was typed to its end becomes one, if there is such a thing. */
  async function take(whole: Typed) {
    tried.current.add(keyOf(whole))
    const filter = await findTyped(whole, serverId)
    if (filter) tried.current.delete(keyOf(whole))
    else useSearch.setState({ unknown: whole.query })
    const now = typedWhole(`${useSearch.getState().text} `).find(
      ({ kind, query }) => kind === whole.kind && query === whole.query,
    )
    if (!filter || !now) return
    useSearch.setState(({ text: before }) => ({ text: without(before, now) }))
    addFilter(filter)
  }

  function choose({ filter }: FilterOption) {
    if (!typed) return
    const next = without(text, typed)
    useSearch.setState({ text: next })
    addFilter(filter)
    setWished(null)
    setCaret(typed.start)
    setMoveTo({ at: typed.start })
  }

  function press(event: KeyboardEvent<HTMLInputElement>) {
    if (event.nativeEvent.isComposing) return
    if (takeKey(event)) {
      event.preventDefault()
      event.stopPropagation()
    }
  }

  function takeKey({ key }: KeyboardEvent<HTMLInputElement>): boolean {
    if (active) {
      if (key === 'Enter' || key === 'Tab') choose(active)
      else if (key === 'Escape') setClosedAt(typed?.start ?? null)
      else if (key === 'ArrowUp' || key === 'ArrowDown') {
        setWished(options.at((at + (key === 'ArrowUp' ? -1 : 1)) % options.length)?.key ?? null)
      } else return false
      return true
    }
    if (key === 'Enter') {
      for (const whole of typedWhole(`${text} `)) void take(whole)
      onSubmit()
      return true
    }
    const last: Filter | undefined = filters.at(-1)
    if (key !== 'Backspace' || !last || input.current?.selectionEnd !== 0) return false
    removeFilter(last)
    return true
  }

  return (
    <div className={styles.frame}>
      <Search size={18} aria-hidden="true" />
      <input
        ref={input}
        type="text"
        className={styles.input}
        aria-label={t`Search messages`}
        placeholder={t`Search messages`}
        value={text}
        maxLength={200}
        role="combobox"
        autoComplete="off"
        aria-expanded={active !== undefined}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={active ? `${listId}-${active.key}` : undefined}
        onChange={({ target, nativeEvent }) =>
          write(target.value, target.selectionEnd ?? target.value.length, isComposingIn(nativeEvent))
        }
        // What is put together is written now, whether or not the browser tells of a change once more.
        onCompositionEnd={({ currentTarget: { value, selectionEnd } }) =>
          write(value, selectionEnd ?? value.length, false)
        }
        onSelect={({ currentTarget }) => setCaret(currentTarget.selectionEnd)}
        onBlur={() => setCaret(null)}
        onKeyDown={press}
      />
      {active && (
        <Options id={listId} options={options} active={active} onActive={setWished} onChoose={choose} />
      )}
    </div>
  )
}

function isComposingIn(event: Event): boolean {
  return event instanceof InputEvent && event.isComposing
}

function keyOf({ kind, query }: Typed): string {
  return `${kind}:${query}`
}

interface OptionsProps {
  id: string
  options: FilterOption[]
  active: FilterOption
  onActive: (key: string) => void
  onChoose: (option: FilterOption) => void
}

function Options({ id, options, active, onActive, onChoose }: OptionsProps) {
  const { t } = useLingui()
  const activeId = `${id}-${active.key}`
  useEffect(() => {
    document.getElementById(activeId)?.scrollIntoView({ block: 'nearest' })
  }, [activeId])
  return (
    <div
      id={id}
      role="listbox"
      aria-label={t`Filters`}
      tabIndex={-1}
      className={styles.options}
      // The field keeps the focus.
      onPointerDown={(event) => event.preventDefault()}
    >
      {options.map((option) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the field takes the keys
        <div
          key={option.key}
          id={`${id}-${option.key}`}
          role="option"
          tabIndex={-1}
          aria-selected={option === active}
          className={`${styles.option} ${option === active ? styles.active : ''}`}
          onPointerMove={(event) => event.pointerType === 'mouse' && onActive(option.key)}
          onClick={() => onChoose(option)}
        >
          <span className={styles.sign} aria-hidden="true">
            {option.icon}
          </span>
          <span className={styles.name}>{option.text}</span>
          {option.aside && <span className={styles.aside}>{option.aside}</span>}
        </div>
      ))}
    </div>
  )
}
