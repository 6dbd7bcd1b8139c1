import { useLingui } from '@lingui/react/macro'
import { ChevronLeft, ChevronRight, ExternalLink, X, ZoomIn, ZoomOut } from 'lucide-react'
import { type RefObject, useEffect, useRef, useState } from 'react'
import { Dialog, Modal, ModalOverlay } from 'react-aria-components'
import type { Attachment, Id } from '@/api/contract'
import { IconButton } from '@/design/Button'
import { useBytes } from '../bytes'
import { DownloadLink } from './DownloadLink'
import files from './Files.module.css'
import styles from './Lightbox.module.css'
import { Stage, type StageHandle } from './Stage'

const step = 1.5

interface LightboxProps {
  pictures: Attachment[]
  /** Which is shown first. */
  first: Id
  onClose: () => void
}

/** Pictures in full, one after the other. */
export default function Lightbox({ pictures, first, onClose }: LightboxProps) {
  const { t } = useLingui()
  const [shown, setShown] = useState(first)
  const stage = useRef<StageHandle>(null)
  // One that was taken off meanwhile makes room for the first.
  const index = Math.max(
    0,
    pictures.findIndex(({ id }) => id === shown),
  )
  const picture = pictures[index]
  const turn = (by: number) => {
    const next = pictures[index + by]
    if (next) setShown(next.id)
  }
  useKeys({ turn, zoom: (by) => stage.current?.zoom(by) })
  if (!picture) return null

  const number = index + 1
  const count = pictures.length
  return (
    <ModalOverlay isOpen onOpenChange={(open) => !open && onClose()} className={styles.overlay ?? ''}>
      {/* The browser's own menu: the one of the message lies beneath. */}
      <Modal className={styles.modal ?? ''} onContextMenu={(event) => event.stopPropagation()}>
        <Dialog aria-label={t`Picture ${picture.name}`} className={styles.dialog ?? ''}>
          <Head picture={picture} number={number} count={count} stage={stage} onClose={onClose} />
          <Stage key={picture.id} ref={stage} picture={picture} onTurn={turn} onAside={onClose} />
          {count > 1 && (
            <>
              <span className={styles.previous}>
                <IconButton
                  label={t`Previous picture`}
                  placement="right"
                  isDisabled={index === 0}
                  onPress={() => turn(-1)}
                >
                  <ChevronLeft size={28} />
                </IconButton>
              </span>
              <span className={styles.next}>
                <IconButton
                  label={t`Next picture`}
                  placement="left"
                  isDisabled={number === count}
                  onPress={() => turn(1)}
                >
                  <ChevronRight size={28} />
                </IconButton>
              </span>
            </>
          )}
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}

interface HeadProps {
  picture: Attachment
  number: number
  count: number
  stage: RefObject<StageHandle | null>
  onClose: () => void
}

/** What it is, which of how many, and what can be done with it. */
function Head({ picture, number, count, stage, onClose }: HeadProps) {
  const { t } = useLingui()
  const bytes = useBytes()
  const { name, size, url } = picture
  return (
    <header className={styles.header}>
      <p className={styles.name} title={name}>
        {name}
      </p>
      <p className={styles.facts} role="status">
        {count > 1 && <span>{t`${number} of ${count}`}</span>}
        <span className={styles.size}>{bytes(size)}</span>
      </p>
      <IconButton label={t`Zoom out`} placement="bottom" onPress={() => stage.current?.zoom(1 / step)}>
        <ZoomOut size={18} />
      </IconButton>
      <IconButton label={t`Zoom in`} placement="bottom" onPress={() => stage.current?.zoom(step)}>
        <ZoomIn size={18} />
      </IconButton>
      <a
        className={files.download}
        href={url}
        target="_blank"
        rel="noreferrer"
        aria-label={t`Open the original of ${name}`}
        title={t`Open the original of ${name}`}
      >
        <ExternalLink size={18} aria-hidden="true" />
      </a>
      <DownloadLink attachment={picture} isFocused />
      <IconButton label={t`Close`} placement="bottom" onPress={onClose}>
        <X size={20} />
      </IconButton>
    </header>
  )
}

interface Keys {
  turn: (by: number) => void
  /** By a factor; null shows it whole. */
  zoom: (by: number | null) => void
}

/** Arrows turn, + and − zoom, 0 shows it whole; Escape is the dialog's. */
function useKeys(keys: Keys): void {
  const latest = useRef(keys)
  useEffect(() => {
    latest.current = keys
  })
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      const { turn, zoom } = latest.current
      const { key } = event
      if (key === 'ArrowLeft' || key === 'ArrowRight') turn(key === 'ArrowLeft' ? -1 : 1)
      else if (key === '+' || key === '=') zoom(step)
      else if (key === '-') zoom(1 / step)
      else if (key === '0') zoom(null)
      else return
      event.preventDefault()
      event.stopPropagation()
    }
    // Before anything on the page hears of it.
    window.addEventListener('keydown', press, { capture: true })
    return () => window.removeEventListener('keydown', press, { capture: true })
  }, [])
}
