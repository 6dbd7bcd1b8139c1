import { useLingui } from '@lingui/react/macro'
import { ImagePlus } from 'lucide-react'
import { useEffect, useState } from 'react'
import { FileTrigger } from 'react-aria-components'
import { Avatar } from '@/design/Avatar'
import { Button } from '@/design/Button'
import { type Crop, centred, cropSide, cropSquare } from './crop'
import { PictureCropper } from './PictureCropper'
import styles from './PictureField.module.css'

interface PictureFieldProps {
  /** Whose picture: for the initials that stand there meanwhile. */
  id: string
  name: string
  url: string | null | undefined
  /** The square cut out, each time it changes; null when there is none. */
  onPicture: (picture: Blob | null) => void
}

/** Chooses a picture and cuts a square out of it. */
export function PictureField({ id, name, url, onPicture }: PictureFieldProps) {
  const { t } = useLingui()
  const [picture, setPicture] = useState<ImageBitmap | null>(null)
  const [crop, setCrop] = useState<Crop>(centred)
  const [unreadable, setUnreadable] = useState(false)

  useEffect(() => {
    if (!picture) return
    let current = true
    void cutOut(picture, crop).then((blob) => current && onPicture(blob))
    return () => {
      current = false
    }
  }, [picture, crop, onPicture])

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
        <PictureCropper picture={picture} crop={crop} onCrop={setCrop} />
      ) : (
        <Avatar id={id} name={name} url={url} size={96} />
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

async function cutOut(picture: ImageBitmap, crop: Crop): Promise<Blob | null> {
  const canvas = document.createElement('canvas')
  canvas.width = cropSide
  canvas.height = cropSide
  const { left, top, side } = cropSquare(picture, crop)
  canvas.getContext('2d')?.drawImage(picture, left, top, side, side, 0, 0, cropSide, cropSide)
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'))
}
