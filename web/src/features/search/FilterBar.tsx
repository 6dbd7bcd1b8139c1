import { useLingui } from '@lingui/react/macro'
import { Plus, X } from 'lucide-react'
import { Button } from 'react-aria-components'
import { useFilterTexts } from './filter-texts'
import { type FilterKind, kinds } from './filters'
import { beginningOf } from './query'
import styles from './Search.module.css'
import { removeFilter, useSearch } from './search-state'

/** The filters that hold, to be taken away, and those that may be added. */
export function FilterBar() {
  const { t, i18n } = useLingui()
  const texts = useFilterTexts()
  const filters = useSearch((state) => state.filters)

  /** Begins the filter in the field, as if it had been typed. */
  function begin(kind: FilterKind) {
    useSearch.setState(({ text, called }) => ({
      text: `${text.trim() === '' ? '' : `${text.trimEnd()} `}${beginningOf(kind, i18n.locale)}`,
      called: called + 1,
    }))
  }

  return (
    <div className={styles.filters}>
      {filters.length > 0 && (
        <ul className={styles.chips} aria-label={t`Filters`}>
          {filters.map((filter) => {
            const text = texts.textOf(filter)
            return (
              <li key={`${filter.kind}-${filter.value}`}>
                <Button
                  className={styles.chip ?? ''}
                  aria-label={t`Remove the filter ${text}`}
                  onPress={() => removeFilter(filter)}
                >
                  <span className={styles.chipText}>{text}</span>
                  <X size={14} aria-hidden="true" />
                </Button>
              </li>
            )
          })}
        </ul>
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: these are buttons, not the fields of a form */}
      <div className={styles.adds} role="group" aria-label={t`Add a filter`}>
        {kinds.map((kind) => (
          <Button key={kind} className={styles.add ?? ''} onPress={() => begin(kind)}>
            <Plus size={12} aria-hidden="true" />
            {texts.kinds[kind]}
          </Button>
        ))}
      </div>
    </div>
  )
}
