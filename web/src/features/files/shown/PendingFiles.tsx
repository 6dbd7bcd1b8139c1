import { useLingui } from '@lingui/react/macro'
import { useShallow } from 'zustand/react/shallow'
import type { Attachment } from '@/api/contract'
import { Button } from '@/design/Button'
import { useBytes } from '../bytes'
import { FileIcon } from '../FileIcon'
import { type Upload, useUploads } from '../uploads'
import styles from './Files.module.css'
import { arranged, gridStyle, tileStyle } from './Room'

interface PendingFilesProps {
  keys: string[]
  /** Whether it waits for them, and not for its author. */
  isUploading: boolean
  onCancel: () => void
}

/** The files of a message that is not sent yet, in the room that they will take, and how far they are. */
export default function PendingFiles({ keys, isUploading, onCancel }: PendingFilesProps) {
  const { t } = useLingui()
  const uploads = useUploads(useShallow(({ byKey }) => keys.flatMap((key) => byKey[key] ?? [])))
  const { pictures, others } = arranged(uploads.map(asAttachment))
  return (
    // biome-ignore lint/a11y/useSemanticElements: it is no set of fields
    <div className={styles.files} role="group" aria-label={t`Files`}>
      {pictures.length > 0 && (
        <div className={styles.grid} style={gridStyle(pictures)}>
          {pictures.map((picture, index) => (
            <div key={picture.id} className={styles.tile} style={tileStyle(pictures, index)}>
              <img
                className={pictures.length === 1 ? styles.whole : styles.filling}
                data-spoiler={picture.is_spoiler || undefined}
                src={picture.url}
                alt={picture.name}
              />
            </div>
          ))}
        </div>
      )}
      {others.map((other) => (
        <div key={other.id} className={styles.card}>
          <span className={styles.sign}>
            <FileIcon name={other.name} size={28} />
          </span>
          <span className={styles.words}>
            <span className={styles.name} title={other.name}>
              {other.name}
            </span>
          </span>
        </div>
      ))}
      {isUploading && <Waiting uploads={uploads} onCancel={onCancel} />}
    </div>
  )
}

function Waiting({ uploads, onCancel }: { uploads: Upload[]; onCancel: () => void }) {
  const { t } = useLingui()
  const bytes = useBytes()
  const size = uploads.reduce((sum, upload) => sum + upload.size, 0)
  const sent = uploads.reduce((sum, upload) => sum + upload.sent, 0)
  const paused = uploads.some(({ state }) => state === 'paused')
  const shown = `${bytes(sent)} / ${bytes(size)}`
  return (
    <div className={styles.waiting}>
      <progress
        className={styles.progress}
        aria-label={t`Upload`}
        aria-valuetext={shown}
        max={size}
        value={sent}
      />
      <span>{paused ? t`Waiting for a connection` : shown}</span>
      <Button look="quiet" onPress={onCancel}>{t`Cancel`}</Button>
    </div>
  )
}

/** An upload as it will be shown; what it is, is known for pictures alone. */
function asAttachment({ key, name, size, type, picture, isSpoiler }: Upload): Attachment {
  return {
    id: key,
    name,
    content_type: picture ? type : '',
    size,
    width: picture?.width ?? null,
    height: picture?.height ?? null,
    placeholder: null,
    url: picture?.url ?? '',
    thumbnail_url: null,
    is_spoiler: isSpoiler,
  }
}
