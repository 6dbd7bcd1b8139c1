import { useState } from 'react'
import type { Attachment } from '@/api/contract'
import { FileCard, FileLine } from './FileCard'
import styles from './Files.module.css'

interface AudioFrameProps {
  attachment: Attachment
  isFocused: boolean
}

/** Something to listen to. What this browser cannot play is a file like others. */
export function AudioFrame({ attachment, isFocused }: AudioFrameProps) {
  const [failed, setFailed] = useState(false)
  if (failed) return <FileCard attachment={attachment} isFocused={isFocused} />
  return (
    <div className={styles.audio}>
      <div className={styles.foot}>
        <FileLine attachment={attachment} isFocused={isFocused} />
      </div>
      {/* biome-ignore lint/a11y/useMediaCaption: there are none for what people send each other */}
      <audio
        className={styles.player}
        src={attachment.url}
        aria-label={attachment.name}
        controls
        preload="metadata"
        tabIndex={isFocused ? 0 : -1}
        onError={() => setFailed(true)}
      />
    </div>
  )
}
