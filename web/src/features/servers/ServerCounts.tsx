import { Plural } from '@lingui/react/macro'
import { Users } from 'lucide-react'
import styles from './ServerCounts.module.css'

interface ServerCountsProps {
  members: number
  online: number
}

/** How many are in a server, and how many of them are there now. */
export function ServerCounts({ members, online }: ServerCountsProps) {
  return (
    <ul className={styles.counts}>
      <li className={styles.count}>
        <Users size={14} aria-hidden="true" />
        <Plural value={members} one="# member" other="# members" />
      </li>
      <li className={styles.count}>
        <span className={`${styles.dot} ${online ? '' : styles.nobody}`} aria-hidden="true" />
        <Plural value={online} one="# online" other="# online" />
      </li>
    </ul>
  )
}
