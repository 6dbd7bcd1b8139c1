import { useLingui } from '@lingui/react/macro'
import { ImagePlus } from 'lucide-react'
import { useEffect, useState } from 'react'
import { FileTrigger } from 'react-aria-components'
import { Avatar } from '@/design/Avatar'
import { Button } from '@/design/Button'
import { avatarShape, type Crop, centred, croppedPart, type Shape } from './crop'
import { PictureCropper } from './PictureCropper'
import styles from './PictureField.module.css'

interface PictureFieldProps {
  /** Whose picture: for the initials that stand there meanwhile. */
  id: string
  name: string
  url: string | null | undefined
  /** What it is cut to; a square if not given. */
  shape?: Shape
  /** The part cut out, each time it changes; null when there is none. */
  onPicture: (picture: Blob | null) => void
}

/** Chooses a picture and cuts a part out of it. */
export function PictureField({ id, name, url, shape = avatarShape, onPicture }: PictureFieldProps) {
  const { t } = useLingui()
  const [picture, setPicture] = useState<ImageBitmap | null>(null)
  const [crop, setCrop] = useState<Crop>(centred)
  const [unreadable, setUnreadable] = useState(false)

  useEffect(() => {
    if (!picture) return
    let current = true
    void cutOut(picture, crop, shape).then((blob) => current && onPicture(blob))
    return () => {
      current = false
    }
  }, [picture, crop, shape, onPicture])

  async function choose(file: File | undefined) {
    if (!file) return
    setUnreadable(false)
    try {
      setPicture(await createImageBitmap(file))
      setCrop(centred)
    } catch {
      setUnreadable(true)
      setPicture(null)
      onPicture(null)
    }
  }

  return (
    <div className={styles.field}>
      {picture ? (
        <PictureCropper picture={picture} crop={crop} shape={shape} onCrop={setCrop} />
      ) : shape === avatarShape ? (
        <Avatar id={id} name={name} url={url} size={96} />
      ) : (
        <div className={styles.band}>{url && <img src={url} alt="" />}</div>
      )}
      <div role="alert">
        {unreadable && (
          <p className={styles.problem}>{t`This picture cannot be read. Use PNG, JPEG, WebP or GIF.`}</p>
        )}
      </div>
      <FileTrigger
        acceptedFileTypes={['image/png', 'image/jpeg', 'image/webp', 'image/gif']}
        onSelect={(files) => void choose(files?.[0])}
      >
        <Button>
          <ImagePlus size={18} aria-hidden="true" />
          {picture ? t`Choose another picture` : t`Choose a picture`}
        </Button>
      </FileTrigger>
    </div>
  )
}

async function cutOut(picture: ImageBitmap, crop: Crop, shape: Shape): Promise<Blob | null> {
  const canvas = document.createElement('canvas')
  canvas.width = shape.width
  canvas.height = shape.height
  const { left, top, width, height } = croppedPart(picture, crop, shape)
  canvas.getContext('2d')?.drawImage(picture, left, top, width, height, 0, 0, shape.width, shape.height)
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'))
}
