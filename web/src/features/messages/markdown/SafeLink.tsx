import type { ReactNode } from 'react'
import { hostToShow, safeAddress } from './addresses'
import styles from './Markdown.module.css'

interface SafeLinkProps {
  /** As it was typed. */
  address: string
  /** What the reader sees of it. */
  text: string
  children: ReactNode
}

/** A link to the web, which never looks as if it led elsewhere; any other address is no link. */
export function SafeLink({ address, text, children }: SafeLinkProps) {
  const href = safeAddress(address)
  if (!href) return <span className={styles.apart}>{children}</span>
  const host = hostToShow(text, address)
  return (
    <a className={styles.apart} href={href} target="_blank" rel="noopener noreferrer" title={href}>
      {children}
      {host && <span className={styles.host}> ({host})</span>}
    </a>
  )
}
