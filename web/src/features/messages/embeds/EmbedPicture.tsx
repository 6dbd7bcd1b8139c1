import type { EmbedImage } from '@/api/contract'
import styles from './Embeds.module.css'
import { sizeWithin } from './picture-size'

interface EmbedPictureProps {
  image: EmbedImage
  /** What is seen in it, as far as anybody knows. */
  label: string
}

/** The picture of a preview, in a place that is kept for it. Beep serves it itself. */
export function EmbedPicture({ image, label }: EmbedPictureProps) {
  const { width, height } = sizeWithin(image.width, image.height)
  return (
    <img
      className={styles.picture}
      src={image.url}
      alt={label}
      width={width}
      height={height}
      style={{ inlineSize: width, aspectRatio: `${width} / ${height}` }}
      loading="lazy"
      decoding="async"
    />
  )
}
