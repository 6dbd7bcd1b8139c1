import type { CSSProperties } from 'react'
import type { Role } from '@/api/contract'
import styles from '@/features/server-settings/Section.module.css'

/** The colour of a role; its name stands beside it. */
export function RoleDot({ role }: { role: Role }) {
  const style = role.color ? ({ '--role-color': role.color } as CSSProperties) : undefined
  return <span className={styles.dot} style={style} aria-hidden="true" />
}
