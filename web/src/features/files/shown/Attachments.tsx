import { useLingui } from '@lingui/react/macro'
import { type ReactNode, useState } from 'react'
import { Button } from 'react-aria-components'
import type { Attachment, Id } from '@/api/contract'
import { later } from '@/design/later'
import { kindOf } from '../kinds'
import { AudioFrame } from './AudioFrame'
import { FileCard } from './FileCard'
import styles from './Files.module.css'
import { PictureTile } from './PictureTile'
import { placeholderImage } from './placeholder'
import { arranged, gridStyle, tileStyle } from './Room'
import { TextFrame } from './TextFrame'
import { VideoFrame } from './VideoFrame'

export { SmallFiles } from './SmallFiles'

const Lightbox = later(() => import('./Lightbox'))

export interface AttachmentsProps {
  attachments: Attachment[]
  /** Whether the keyboard is at this message. */
  isFocused: boolean
}

const nothing: ReadonlySet<Id> = new Set()

/** The files of a message: pictures in a grid, everything else below each other. */
export default function Attachments({ attachments, isFocused }: AttachmentsProps) {
  const { t } = useLingui()
  const [revealed, setRevealed] = useState(nothing)
  const [opened, setOpened] = useState<Id | null>(null)
  const { pictures, others } = arranged(attachments)
  const isCovered = ({ id, is_spoiler }: Attachment) => is_spoiler && !revealed.has(id)
  const reveal = (id: Id) => setRevealed((known) => new Set([...known, id]))
  const open = pictures.filter((picture) => !isCovered(picture))

  return (
    // biome-ignore lint/a11y/useSemanticElements: it is no set of fields
    <div className={styles.files} role="group" aria-label={t`Files`}>
      {pictures.length > 0 && (
        <div className={styles.grid} style={gridStyle(pictures)}>
          {pictures.map((picture, index) => (
            <div key={picture.id} className={styles.tile} style={tileStyle(pictures, index)}>
              {isCovered(picture) ? (
                <Cover attachment={picture} isFocused={isFocused} onReveal={() => reveal(picture.id)} />
              ) : (
                <PictureTile
                  picture={picture}
                  isAlone={pictures.length === 1}
                  isFocused={isFocused}
                  wasCovered={picture.is_spoiler}
                  onOpen={() => setOpened(picture.id)}
                />
              )}
            </div>
          ))}
        </div>
      )}
      {others.map((other) => (
        <Covered
          key={other.id}
          attachment={other}
          isCovered={isCovered(other)}
          isFocused={isFocused}
          onReveal={() => reveal(other.id)}
        >
          <Frame attachment={other} isFocused={isFocused} />
        </Covered>
      ))}
      {opened && open.length > 0 && (
        <Lightbox pictures={open} first={opened} onClose={() => setOpened(null)} />
      )}
    </div>
  )
}

function Frame(props: { attachment: Attachment; isFocused: boolean }) {
  switch (kindOf(props.attachment)) {
    case 'video':
      return <VideoFrame {...props} />
    case 'audio':
      return <AudioFrame {...props} />
    case 'text':
      return <TextFrame {...props} />
    default:
      return <FileCard {...props} />
  }
}

interface CoverProps {
  attachment: Attachment
  isFocused: boolean
  onReveal: () => void
}

/** Lies over a file until somebody wishes to see it. */
function Cover({ attachment, isFocused, onReveal }: CoverProps) {
  const { t } = useLingui()
  // Too vague to tell what it is.
  const image = placeholderImage(attachment.placeholder)
  return (
    <Button
      className={styles.cover ?? ''}
      excludeFromTabOrder={!isFocused}
      aria-label={t`Spoiler, show ${attachment.name}`}
      style={image ? { backgroundImage: `url("${image}")` } : {}}
      onPress={onReveal}
    >
      <span className={styles.coverText}>{t`Spoiler`}</span>
    </Button>
  )
}

interface CoveredProps extends CoverProps {
  isCovered: boolean
  children: ReactNode
}

function Covered({ isCovered, children, ...cover }: CoveredProps) {
  if (!isCovered) return children
  return (
    <div className={`${styles.covered} ${kindOf(cover.attachment) === 'other' ? styles.narrow : ''}`}>
      <div className={styles.beneath} inert>
        {children}
      </div>
      <Cover {...cover} />
    </div>
  )
}
