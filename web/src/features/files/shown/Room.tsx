import type { CSSProperties } from 'react'
import type { Attachment } from '@/api/contract'
import { kindOf } from '../kinds'
import { fitted, type Size, type Tile, tilesOf } from '../sizes'
import styles from './Files.module.css'

/** What is shown in the grid, and what below each other. */
export function arranged(attachments: Attachment[]): { pictures: Attachment[]; others: Attachment[] } {
  return {
    pictures: attachments.filter((attachment) => kindOf(attachment) === 'picture'),
    others: attachments.filter((attachment) => kindOf(attachment) !== 'picture'),
  }
}

/** The room that files take, without them. */
export function Room({ attachments }: { attachments: Attachment[] }) {
  const { pictures, others } = arranged(attachments)
  return (
    <div className={styles.files} aria-hidden="true">
      <div className={styles.grid} style={gridStyle(pictures)}>
        {pictures.map((picture, index) => (
          <div key={picture.id} className={styles.tile} style={tileStyle(pictures, index)} />
        ))}
      </div>
      {others.map((other) => (
        <OtherRoom key={other.id} attachment={other} />
      ))}
    </div>
  )
}

function OtherRoom({ attachment }: { attachment: Attachment }) {
  const kind = kindOf(attachment)
  if (kind === 'text') return <div className={`${styles.text} ${isShort(attachment) ? styles.short : ''}`} />
  if (kind !== 'video') return <div className={kind === 'audio' ? styles.audio : styles.card} />
  return (
    <div className={styles.framed} style={{ width: videoSize(attachment).width }}>
      <div style={videoStyle(attachment)} />
      <div className={styles.foot} />
    </div>
  )
}

const shortBytes = 120

/** Whether a text needs less room than others. */
export function isShort({ size }: Attachment): boolean {
  return size <= shortBytes
}

/** A picture alone stands in its own form; several share a grid. */
export function gridStyle(pictures: Attachment[]): CSSProperties {
  const [first] = pictures
  if (!first || pictures.length > 1) return {}
  return { width: fitted(sizeOf(first)).width }
}

export function tileStyle(pictures: Attachment[], index: number): CSSProperties {
  const [first] = pictures
  if (first && pictures.length === 1) {
    const { width, height } = fitted(sizeOf(first))
    return { gridColumn: '1 / -1', aspectRatio: `${width} / ${height}` }
  }
  return placeStyle(tilesOf(pictures.length)[index])
}

function placeStyle(tile: Tile | undefined): CSSProperties {
  if (!tile) return {}
  return { gridColumn: `span ${tile.columns}`, gridRow: `span ${tile.rows}`, aspectRatio: tile.ratio }
}

/** Of a video that does not say how large it is, the usual form. */
export function videoSize({ width, height }: Attachment): Size {
  return fitted(width && height ? { width, height } : { width: 1280, height: 720 })
}

export function videoStyle(attachment: Attachment): CSSProperties {
  const { width, height } = videoSize(attachment)
  return { aspectRatio: `${width} / ${height}` }
}

function sizeOf({ width, height }: Attachment): Size {
  return { width: width ?? 1, height: height ?? 1 }
}
