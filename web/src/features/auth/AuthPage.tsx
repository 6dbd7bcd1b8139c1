import type { ReactNode } from 'react'
import { Logo } from '@/design/Logo'
import styles from './AuthPage.module.css'
import { LanguageSwitch } from './LanguageSwitch'

interface AuthPageProps {
  title: string
  /** A line beneath the title. */
  lead?: ReactNode
  /** The way to the other page. */
  foot?: ReactNode
  children: ReactNode
}

/** The one column in which visitors sign in and up. */
export function AuthPage({ title, lead, foot, children }: AuthPageProps) {
  return (
    <main className={styles.page}>
      <div className={styles.column}>
        <header className={styles.header}>
          <Logo size={48} />
          <h1 className={styles.title}>{title}</h1>
          {lead && <p className={styles.lead}>{lead}</p>}
        </header>
        <div className={styles.card}>{children}</div>
        {foot && <p className={styles.foot}>{foot}</p>}
      </div>
      <LanguageSwitch />
    </main>
  )
}
