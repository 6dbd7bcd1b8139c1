import { type ReactNode, useEffect, useRef } from 'react'
import styles from './AuthPage.module.css'

/** What takes the place of a form that is done with: it is read out, and the keyboard goes on from it. */
export function Said({ children }: { children: ReactNode }) {
  const element = useRef<HTMLDivElement>(null)
  useEffect(() => element.current?.focus(), [])
  return (
    <div ref={element} className={styles.said} tabIndex={-1}>
      {children}
    </div>
  )
}
