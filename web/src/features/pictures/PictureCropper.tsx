import { useLingui } from '@lingui/react/macro'
import { type KeyboardEvent, type PointerEvent, useEffect, useRef } from 'react'
import { type Crop, croppedPart, moved, type Shape, zoomed } from './crop'
import styles from './PictureField.module.css'

interface PictureCropperProps {
  picture: ImageBitmap
  crop: Crop
  shape: Shape
  onCrop: (crop: Crop) => void
}

const nudge = 0.05
const shownHeight = 256

const arrows: Record<string, [number, number]> = {
  ArrowLeft: [-nudge, 0],
  ArrowRight: [nudge, 0],
  ArrowUp: [0, -nudge],
  ArrowDown: [0, nudge],
}

/** Shows the part of a picture that will be used; dragged, or moved with the arrow keys. */
export function PictureCropper({ picture, crop, shape, onCrop }: PictureCropperProps) {
  const { t } = useLingui()
  const round = shape.width === shape.height
  const shownWidth = (shownHeight * shape.width) / shape.height
  const canvas = useRef<HTMLCanvasElement>(null)

  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (!context) return
    const { left, top, width, height } = croppedPart(picture, crop, shape)
    context.clearRect(0, 0, shownWidth, shownHeight)
    context.drawImage(picture, left, top, width, height, 0, 0, shownWidth, shownHeight)
  }, [picture, crop, shape, shownWidth])

  function drag(event: PointerEvent<HTMLCanvasElement>) {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return
    const { clientWidth, clientHeight } = event.currentTarget
    onCrop(moved(picture, crop, shape, -event.movementX / clientWidth, -event.movementY / clientHeight))
  }

  function press(event: KeyboardEvent) {
    const step = arrows[event.key]
    if (!step) return
    event.preventDefault()
    onCrop(moved(picture, crop, shape, step[0], step[1]))
  }

  return (
    <div className={styles.cropper}>
      <canvas
        ref={canvas}
        width={shownWidth}
        height={shownHeight}
        className={round ? styles.canvas : styles.banner}
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
          onChange={(event) => onCrop(zoomed(picture, crop, shape, Number(event.target.value)))}
        />
      </label>
    </div>
  )
}
