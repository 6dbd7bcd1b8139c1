import { useState } from 'react'
import type { Attachment } from '@/api/contract'
import { FileCard, FileLine } from './FileCard'
import styles from './Files.module.css'
import { videoSize, videoStyle } from './Room'

interface VideoFrameProps {
  attachment: Attachment
  isFocused: boolean
}

/** A video, in the room that was kept for it. One that this browser cannot show is a file like others. */
export function VideoFrame({ attachment, isFocused }: VideoFrameProps) {
  const [failed, setFailed] = useState(false)
  if (failed) return <FileCard attachment={attachment} isFocused={isFocused} />
  return (
    <div className={styles.framed} style={{ width: videoSize(attachment).width }}>
      {/* biome-ignore lint/a11y/useMediaCaption: there are none for what people send each other */}
      <video
        className={styles.video}
        style={videoStyle(attachment)}
        src={attachment.url}
        poster={attachment.thumbnail_url ?? undefined}
        aria-label={attachment.name}
        controls
        playsInline
        preload="metadata"
        tabIndex={isFocused ? 0 : -1}
        onError={() => setFailed(true)}
      />
      <div className={styles.foot}>
        <FileLine attachment={attachment} isFocused={isFocused} />
      </div>
    </div>
  )
}
