import styles from './Unread.module.css'

/** How often I am mentioned; for the eye alone, since the name of what it stands at says so too. */
export function MentionBadge({ count }: { count: number }) {
  if (count === 0) return null
  return (
    <span className={styles.badge} aria-hidden="true" data-testid="mentions">
      {count > 99 ? '99+' : count}
    </span>
  )
}
