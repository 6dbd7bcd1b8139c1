import { useLingui } from '@lingui/react/macro'
import { type KeyboardEvent, type ReactNode, useState } from 'react'
import styles from './Markdown.module.css'

/** The focus stays where it was. */
function takeFocus(element: HTMLElement | null) {
  element?.focus({ preventScroll: true })
}

/** Text that is hidden until somebody wishes to see it. */
export function SpoilerText({ children }: { children: ReactNode }) {
  const { t } = useLingui()
  const [shown, setShown] = useState(false)
  if (shown) {
    return (
      <span className={styles.shown} tabIndex={-1} ref={takeFocus}>
        {children}
      </span>
    )
  }
  const press = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== ' ') return
    event.preventDefault()
    setShown(true)
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a button would not break with the lines of the text
    <span
      className={styles.spoiler}
      role="button"
      tabIndex={0}
      aria-label={t`Spoiler, show it`}
      title={t`Spoiler, show it`}
      onClick={() => setShown(true)}
      onKeyDown={press}
    >
      <span className={styles.hidden}>{children}</span>
    </span>
  )
}
