import { useLingui } from '@lingui/react/macro'
import { Clock, Dog, Flag, Hash, Lightbulb, Plane, Smile, Trophy, UserRound, Utensils } from 'lucide-react'
import { type KeyboardEvent, useId, useMemo, useRef, useState } from 'react'
import { Button as AriaButton } from 'react-aria-components'
import { Virtualizer, type VirtualizerHandle } from 'virtua'
import { Button } from '@/design/Button'
import styles from './EmojiPicker.module.css'
import { type Emoji, findEmoji, type Group } from './emoji-data'
import { allRows, cellAt, foundRows, type GridRow, moved, rowOf } from './grid'
import { preferredTone, recentEmoji, rememberEmoji, rememberTone } from './preferences'
import { ToneChoice } from './ToneChoice'
import { useEmoji } from './useEmoji'

interface EmojiPickerProps {
  /** The emoji that was chosen, as a text. */
  onPick: (emoji: string) => void
}

const isTouch = window.matchMedia('(pointer: coarse)').matches
/** Ten fit beside each other, seven where fingers need more room. */
const columns = isTouch ? 7 : 10

/** Chooses an emoji: by search, by group, by mouse, finger and arrow keys. Stands in a popover; see `EmojiPopover`. */
export function EmojiPicker({ onPick }: EmojiPickerProps) {
  const { t } = useLingui()
  const { book, failed, retry } = useEmoji()
  const [sought, setSought] = useState('')
  const [tone, setTone] = useState(preferredTone)
  const [recent] = useState(recentEmoji)
  const [wished, setWished] = useState<string | null>(null)
  const list = useRef<VirtualizerHandle>(null)
  const gridId = useId()
  const rows = useMemo(() => rowsFor(book, sought, recent, tone), [book, sought, recent, tone])
  // What was found best is chosen by Enter at once; without a search one chooses first.
  const active = cellAt(rows, wished) ? wished : sought.trim() === '' ? null : moved(rows, null, '')

  function goTo(key: string | null) {
    setWished(key)
    const row = rowOf(rows, key)
    if (row >= 0) list.current?.scrollToIndex(row, { align: 'nearest' })
  }

  function pick(emoji: string | undefined) {
    if (emoji === undefined) return
    rememberEmoji(emoji)
    onPick(emoji)
  }

  function press(event: KeyboardEvent<HTMLInputElement>) {
    if (event.nativeEvent.isComposing) return
    const sideways = event.key === 'ArrowLeft' || event.key === 'ArrowRight'
    if (event.key === 'Enter') {
      event.preventDefault()
      pick(cellAt(rows, active)?.text)
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp' || (sideways && active !== null)) {
      event.preventDefault()
      goTo(moved(rows, active, event.key))
    }
  }

  return (
    <div className={styles.picker} style={{ '--columns': columns } as React.CSSProperties}>
      <div className={styles.top}>
        <input
          type="search"
          className={styles.search}
          role="combobox"
          aria-label={t`Search emoji`}
          aria-expanded="true"
          aria-autocomplete="list"
          aria-controls={gridId}
          aria-activedescendant={active === null ? undefined : `${gridId}-${active}`}
          placeholder={t`Search emoji`}
          value={sought}
          maxLength={50}
          // A keyboard on the screen would cover what is to be chosen from.
          // biome-ignore lint/a11y/noAutofocus: it is opened to be typed in
          autoFocus={!isTouch}
          onChange={(event) => {
            setSought(event.target.value)
            setWished(null)
            list.current?.scrollToIndex(0)
          }}
          onKeyDown={press}
        />
        <ToneChoice
          tone={tone}
          onChange={(chosen) => {
            setTone(chosen)
            rememberTone(chosen)
          }}
        />
      </div>
      <Groups rows={rows} onChoose={(row) => list.current?.scrollToIndex(row, { align: 'start' })} />
      <Nothing failed={failed} found={!book || rows.length > 0} onRetry={retry} />
      <Grid id={gridId} list={list} rows={rows} active={active} onActive={setWished} onPick={pick} />
      <p className={styles.name} aria-hidden="true">
        {cellAt(rows, active)?.label ?? ''}
      </p>
    </div>
  )
}

interface NothingProps {
  failed: boolean
  found: boolean
  onRetry: () => void
}

/** Why there is nothing to choose from. */
function Nothing({ failed, found, onRetry }: NothingProps) {
  const { t } = useLingui()
  if (failed) {
    return (
      <div className={styles.nothing} role="alert">
        <p>{t`The emoji could not be loaded.`}</p>
        <Button onPress={onRetry}>{t`Try again`}</Button>
      </div>
    )
  }
  return found ? null : <p className={styles.nothing} role="status">{t`No emoji is called that.`}</p>
}

function rowsFor(book: Emoji[] | null, sought: string, recent: string[], tone: number): GridRow[] {
  if (!book) return []
  if (sought.trim() === '') return allRows(book, recent, tone, columns)
  return foundRows(findEmoji(book, sought), tone, columns)
}

interface GridProps {
  id: string
  list: React.RefObject<VirtualizerHandle | null>
  rows: GridRow[]
  active: string | null
  onActive: (key: string) => void
  onPick: (emoji: string) => void
}

/** Only the rows in sight are there. */
function Grid({ id, list, rows, active, onActive, onPick }: GridProps) {
  const { t } = useLingui()
  const names = useGroupNames()
  const scroller = useRef<HTMLDivElement>(null)
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table has no place for rows that are not there
    <div
      ref={scroller}
      id={id}
      role="grid"
      aria-label={t`Emoji`}
      aria-rowcount={rows.length}
      className={styles.grid}
      tabIndex={-1}
    >
      <Virtualizer ref={list} scrollRef={scroller} data={rows}>
        {(row, index) => (
          // biome-ignore lint/a11y/useSemanticElements: as above
          // biome-ignore lint/a11y/useFocusableInteractive: the search field keeps the focus
          <div key={row.key} role="row" aria-rowindex={index + 1} className={styles.row}>
            {row.kind === 'heading' ? (
              // biome-ignore lint/a11y/useSemanticElements: as above
              // biome-ignore lint/a11y/useFocusableInteractive: as above
              <span role="gridcell" className={styles.heading}>
                {names[row.group]}
              </span>
            ) : (
              row.cells.map((cell) => (
                // biome-ignore lint/a11y/useSemanticElements: as above
                <button
                  key={cell.key}
                  id={`${id}-${cell.key}`}
                  type="button"
                  role="gridcell"
                  tabIndex={-1}
                  aria-label={cell.label}
                  aria-selected={cell.key === active}
                  className={`${styles.cell} ${cell.key === active ? styles.active : ''}`}
                  onPointerMove={() => onActive(cell.key)}
                  onPointerDown={(event) => event.preventDefault()}
                  onClick={() => onPick(cell.text)}
                >
                  {cell.text}
                </button>
              ))
            )}
          </div>
        )}
      </Virtualizer>
    </div>
  )
}

const icons: Record<Group | 'recent', typeof Clock> = {
  recent: Clock,
  smileys: Smile,
  people: UserRound,
  animals: Dog,
  food: Utensils,
  travel: Plane,
  activities: Trophy,
  objects: Lightbulb,
  symbols: Hash,
  flags: Flag,
}

function Groups({ rows, onChoose }: { rows: GridRow[]; onChoose: (row: number) => void }) {
  const { t } = useLingui()
  const names = useGroupNames()
  return (
    <div className={styles.groups} role="toolbar" aria-label={t`Groups of emoji`}>
      {rows.map((row, index) => {
        if (row.kind !== 'heading' || row.group === 'found') return null
        const Icon = icons[row.group]
        return (
          <AriaButton
            key={row.group}
            aria-label={names[row.group]}
            className={styles.group ?? ''}
            onPress={() => onChoose(index)}
          >
            <Icon size={16} />
          </AriaButton>
        )
      })}
    </div>
  )
}

function useGroupNames(): Record<Group | 'recent' | 'found', string> {
  const { t } = useLingui()
  return {
    recent: t`Recently used`,
    found: t`Found`,
    smileys: t`Smileys and feelings`,
    people: t`People`,
    animals: t`Animals and nature`,
    food: t`Food and drink`,
    travel: t`Travel and places`,
    activities: t`Activities`,
    objects: t`Objects`,
    symbols: t`Symbols`,
    flags: t`Flags`,
  }
}
