import { useLingui } from '@lingui/react/macro'
import { type CSSProperties, useState } from 'react'
import type { Presence } from '@/gateway/protocol'
import styles from './Avatar.module.css'
import { hueOf, initialsOf } from './initials'

interface AvatarProps {
  /** Whose; decides the colour when there is no picture. */
  id: string
  name: string
  /** The picture; without one, and when it is gone, initials are shown. */
  url: string | null | undefined
  /** Pixels across. */
  size?: number
  presence?: Presence | undefined
  /** Servers have soft corners, people are round. */
  shape?: 'round' | 'soft'
}

/** A picture, or initials on a colour of one's own. The name beside it says who it is, so it has no text. */
export function Avatar({ id, name, url, size = 40, presence, shape = 'round' }: AvatarProps) {
  const [gone, setGone] = useState<string>()
  const style = { '--avatar-size': `${size / 16}rem`, '--avatar-hue': String(hueOf(id)) } as CSSProperties
  return (
    <span className={`${styles.avatar} ${styles[shape]}`} style={style}>
      {url && url !== gone ? (
        <img
          src={url}
          alt=""
          className={styles.picture}
          loading="lazy"
          decoding="async"
          draggable={false}
          onError={() => setGone(url)}
        />
      ) : (
        <span aria-hidden="true" className={styles.initials} data-initials={initialsOf(name)} />
      )}
      {presence && <PresenceMark presence={presence} className={styles.mark} />}
    </span>
  )
}

interface PresenceMarkProps {
  presence: Presence
  className?: string | undefined
}

/** How somebody is connected, by shape as well as by colour. */
export function PresenceMark({ presence, className = '' }: PresenceMarkProps) {
  const { t } = useLingui()
  const names: Record<Presence, string> = {
    online: t`Online`,
    away: t`Away`,
    do_not_disturb: t`Do not disturb`,
    offline: t`Offline`,
  }
  return (
    <svg
      viewBox="0 0 12 12"
      role="img"
      aria-label={names[presence]}
      className={`${styles[presence]} ${className}`}
    >
      <PresenceShape presence={presence} />
    </svg>
  )
}

function PresenceShape({ presence }: { presence: Presence }) {
  switch (presence) {
    case 'online':
      return <circle cx="6" cy="6" r="5" fill="currentColor" />
    case 'away':
      return <path d="M5 1.1a5 5 0 1 0 5.9 5.9A4 4 0 0 1 5 1.1Z" fill="currentColor" />
    case 'do_not_disturb':
      return (
        <path
          fillRule="evenodd"
          d="M6 1a5 5 0 1 1 0 10A5 5 0 0 1 6 1ZM3.4 5.1a.9.9 0 0 0 0 1.800h5.200a.9.9 0 0 0 0-1.800Z"
          fill="currentColor"
        />
      )
    case 'offline':
      return <circle cx="6" cy="6" r="3.8" fill="none" stroke="currentColor" strokeWidth="2.2" />
  }
}
