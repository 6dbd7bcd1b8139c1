import { useLingui } from '@lingui/react/macro'
import { type KeyboardEvent, type PointerEvent, useEffect, useRef } from 'react'
import { type Crop, cropSquare, moved, zoomed } from './crop'
import styles from './PictureField.module.css'

interface PictureCropperProps {
  picture: ImageBitmap
  crop: Crop
  onCrop: (crop: Crop) => void
}

const nudge = 0.05
const shownSide = 256

const arrows: Record<string, [number, number]> = {
  ArrowLeft: [-nudge, 0],
  ArrowRight: [nudge, 0],
  ArrowUp: [0, -nudge],
  ArrowDown: [0, nudge],
}

/** Shows the part of a picture that will be used; dragged, or moved with the arrow keys. */
export function PictureCropper({ picture, crop, onCrop }: PictureCropperProps) {
  const { t } = useLingui()
  const canvas = useRef<HTMLCanvasElement>(null)

  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (!context) return
    const { left, top, side } = cropSquare(picture, crop)
    context.clearRect(0, 0, shownSide, shownSide)
    context.drawImage(picture, left, top, side, side, 0, 0, shownSide, shownSide)
  }, [picture, crop])

  function drag(event: PointerEvent<HTMLCanvasElement>) {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return
    const width = event.currentTarget.clientWidth
    onCrop(moved(picture, crop, -event.movementX / width, -event.movementY / width))
  }

  function press(event: KeyboardEvent) {
    const step = arrows[event.key]
    if (!step) return
    event.preventDefault()
    onCrop(moved(picture, crop, step[0], step[1]))
  }

  return (
    <div className={styles.cropper}>
      <canvas
        ref={canvas}
        width={shownSide}
        height={shownSide}
        className={styles.canvas}
        role="img"
        aria-label={t`Preview of your picture. Move it with the arrow keys.`}
        tabIndex={0}
        onKeyDown={press}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={drag}
      />
      <label className={styles.zoom}>
        <span>{t`Zoom`}</span>
        <input
          type="range"
          min={1}
          max={4}
          step={0.05}
          value={crop.zoom}
          onChange={(event) => onCrop(zoomed(picture, crop, Number(event.target.value)))}
        />
      </label>
    </div>
  )
}
